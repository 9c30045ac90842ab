import { onnxNodes } from "./onnx.ts";
import { describeSuite } from "./suite.ts";

describeSuite("onnxruntime_rnn", onnxNodes);
