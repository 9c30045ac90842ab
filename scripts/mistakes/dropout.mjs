import { mistakesIn } from "./write.mjs";

const kernel = ["test/kernels/dropout.test.ts", "test/nn/dropout.test.ts"];
const module = ["test/nn/dropout.test.ts"];
const wasm = mistakesIn("dropout, wasm", "assembly/dropout.ts", kernel);
const js = mistakesIn("dropout, js", "bindings/js/dropout.ts", kernel);
const dropout = mistakesIn("dropout", "bindings/nn/dropout.ts", module);
const drop = mistakesIn("dropout", "bindings/ops/dropout.ts", [
  ...module,
  "test/cells/wrappers.test.ts",
]);
const layer = mistakesIn("dropout between layers", "bindings/nn/recurrent.ts", [
  ...module,
  "test/nn/recurrent.test.ts",
]);
const wrapper = mistakesIn("DropoutWrapper", "bindings/cells/dropout-wrapper.ts", [
  "test/cells/wrappers.test.ts",
]);

export const dropoutMistakes = [
  wasm("what stays is not scaled", ["f32x4.splat(<f32>(1 / (1 - rate)))", "f32x4.splat(1)"]),
  wasm("keeps what it should drop", ["i32x4.ge_u(", "i32x4.lt_u("]),
  wasm("gradient passes where it was dropped", [
    "Dropout.keep(words, threshold, Lanes.load(dy, n), factor)",
    "f32x4.mul(Lanes.load(dy, n), factor)",
  ]),
  js("what stays is not scaled", ["Math.fround(1 / (1 - rate))", "1", 2]),
  js("gradient passes where it was dropped", [
    "const kept = words[lane]! >>> 0 >= threshold ? f[p + i + lane]! * factor : 0;",
    "const kept = f[p + i + lane]! * factor;",
  ]),
  dropout("drops out of training, too", ["this.training && recording()", "recording()"]),
  dropout("drops where nothing is differentiated", [
    "this.training && recording()",
    "this.training",
  ]),
  dropout("every call drops the same", ["this.streams.next()", "{ low: 1, high: 2, stream: 3 }"]),
  drop("each part drops something else", [
    "const parts = counts ?? [x.size];",
    "const parts = [x.size];",
  ]),
  layer("after the last one, too", ["if (layer < this.numLayers - 1) rows", "rows"]),
  layer("left out", ["if (layer < this.numLayers - 1) rows", "if (layer < 0) rows"]),
  wrapper("c of an LSTM dropped, too", ['name === "c" && "h" in', 'name === "-" && "h" in']),
  wrapper("input dropped by the output's rate", [
    "this.inputDropout, tape, INPUT, schedule",
    "this.outputDropout, tape, INPUT, schedule",
  ]),
  wrapper("state left alone", ["this.stateDropout === 0\n", "this.stateDropout >= 0\n"]),
  wrapper("every step drops something else where it is variational", [
    "if (!this.variational) return",
    "if (tape) return",
  ]),
  wrapper("all steps drop the same where it is not", [
    "if (!this.variational) return",
    "if (!tape) return",
  ]),
  wrapper("drops out of training, too", ["this.training ? openTape() : undefined", "openTape()"]),
];
