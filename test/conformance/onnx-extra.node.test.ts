import { onnxExtraActivations } from "./onnx-extra-activations.ts";
import { onnxExtraLosses } from "./onnx-extra-losses.ts";
import { onnxExtraOptimizers } from "./onnx-extra-optimizers.ts";
import { describeSuite, joined } from "./suite.ts";

describeSuite(
  "onnx_node_extra",
  joined([onnxExtraActivations, onnxExtraLosses, onnxExtraOptimizers]),
);
