import { onnxExtraOptimizers } from "./onnx-extra-optimizers.ts";
import { describeSuite } from "./suite.ts";

describeSuite("onnx_node_extra", onnxExtraOptimizers);
