import { onnxExtraLosses } from "./onnx-extra-losses.ts";
import { describeSuite } from "./suite.ts";

describeSuite("onnx_node_extra", onnxExtraLosses);
