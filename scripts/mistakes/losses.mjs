import { mistakesIn } from "./write.mjs";

const tests = [
  "test/kernels/loss.test.ts",
  "test/ops/losses.test.ts",
  "test/ops/gradients.test.ts",
];
const pairTests = ["test/kernels/element-loss.test.ts", "test/ops/losses.test.ts"];
const wasm = mistakesIn("losses, wasm", "assembly/loss.ts", tests);
const js = mistakesIn("losses, js", "bindings/js/loss.ts", tests);
const wasmPairs = mistakesIn("losses of pairs, wasm", "assembly/element-loss.ts", pairTests);
const jsPairs = mistakesIn("losses of pairs, js", "bindings/js/element-loss.ts", pairTests);
const pairsOf = mistakesIn("losses of pairs", "bindings/ops/element-loss.ts", pairTests);
const reduction = mistakesIn("losses", "bindings/ops/reduction.ts", ["test/ops/losses.test.ts"]);
const entropy = mistakesIn("cross-entropy", "bindings/ops/cross-entropy.ts", [
  "test/ops/losses.test.ts",
]);

export const lossMistakes = [
  wasm("softmax without its largest element", [
    "Softmax.exponentials(y, x, Softmax.max(x, v), v)",
    "Softmax.exponentials(y, x, 0, v)",
  ]),
  wasm("log softmax without its largest element", [
    "const m = Softmax.max(x, v);\n    const top",
    "const m: f32 = 0;\n    const top",
  ]),
  wasm("cross-entropy without its largest element", [
    "const m = Softmax.max(x, v);\n      const gap",
    "const m: f32 = 0;\n      const gap",
  ]),
  wasm("cross-entropy's gradient overwritten", [
    "Lanes.fma(Lanes.load(to, v - k), factor, Lanes.load(from, v - k))",
    "f32x4.mul(factor, Lanes.load(from, v - k))",
  ]),
  wasm("cross-entropy's gradient without the class", [
    "(load<f32>(p + own) - 1)",
    "load<f32>(p + own)",
  ]),
  wasm("softmax's gradient without the mean", [
    "f32x4.splat(Softmax.dot(dy, y, v))",
    "f32x4.splat(0)",
  ]),
  wasm("negative log likelihood's gradient with the wrong sign", [
    "load<f32>(to) - load<f32>(dloss)",
    "load<f32>(to) + load<f32>(dloss)",
  ]),
  js("softmax without its largest element", [
    "softmaxRow(f, q, p, v, largest(f, p, v))",
    "softmaxRow(f, q, p, v, 0)",
  ]),
  js("log softmax without its largest element", [
    "const max = largest(f, p, v);",
    "const max = 0;",
  ]),
  js("cross-entropy without its largest element", [
    "const max = largest(f, s, v);",
    "const max = 0;",
  ]),
  js("cross-entropy's gradient without the class", [
    "scale * (f[s + own]! - 1)",
    "scale * f[s + own]!",
  ]),
  js("softmax's gradient without the mean", ["(f[p + i]! - dot)", "f[p + i]!"]),
  reduction("sum for the mean", ['reduction === "mean" ? 1 / weight : 1', "1"]),
  reduction("mean for the sum", ['reduction === "mean" ? 1 / weight : 1', "1 / weight"]),
  reduction("mean over all rather than what counts", ["1 / weight :", "1 / losses.size :"]),
  entropy("rows left out count in the mean", [": countClasses(classes);", ": classes.length;"]),
  entropy("weights left out of the mean", [
    "weights ? weights.reduce((sum, w) => sum + w, 0) : ",
    "",
  ]),
  entropy("weights left out of the losses", ["mul(losses, new Tensor(shape, weights))", "losses"]),
  entropy("labels not smoothed", [
    "add(mul(target, 1 - smoothing), smoothing / classes)",
    "target",
  ]),
  entropy("rows left out smoothed all the same", [".filter((row) => classes[row]! >= 0)", ""]),
  wasmPairs("squared error's gradient halved", ["return f32x4.add(d, d);", "return d;"]),
  wasmPairs("Huber's line without its bend", ["return ElementLoss.bound(d, delta);", "return d;"]),
  wasmPairs("gradients overwritten", [
    "Lanes.fma(Lanes.load(d, n), Lanes.load(dy, n), slope)",
    "f32x4.mul(Lanes.load(dy, n), slope)",
  ]),
  jsPairs("squared error's gradient halved", ["2 * (p - t),", "p - t,"]),
  jsPairs("gradients overwritten", ["f[to + i] = f[to + i]! + f", "f[to + i] = f"]),
  pairsOf("gradient of the target that of the prediction", ["dy, t, p, delta", "dy, p, t, delta"]),
];
