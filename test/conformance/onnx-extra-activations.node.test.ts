import { onnxExtraActivations } from "./onnx-extra-activations.ts";
import { describeSuite } from "./suite.ts";

describeSuite("onnx_node_extra", onnxExtraActivations);
