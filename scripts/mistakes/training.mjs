import { mistakesIn } from "./write.mjs";

const optimizing = ["test/optim/optimizers.test.ts"];
const updating = ["test/kernels/optimizers.test.ts", ...optimizing];
const losing = ["test/kernels/loss.test.ts", "test/ops/gradients.test.ts"];
const pointing = ["test/kernels/pointwise.test.ts", "test/ops/gradients.test.ts"];
const wasmUpdates = mistakesIn("optimizers, wasm", "assembly/optimizers.ts", updating);
const jsUpdates = mistakesIn("optimizers, js", "bindings/js/optimizers.ts", updating);
const adam = mistakesIn("Adam", "bindings/optim/adam.ts", optimizing);
const sgd = mistakesIn("SGD", "bindings/optim/sgd.ts", optimizing);
const optimizer = mistakesIn("optimizer", "bindings/optim/optimizer.ts", optimizing);
const wasmLoss = mistakesIn("losses, wasm", "assembly/loss.ts", losing);
const jsLoss = mistakesIn("losses, js", "bindings/js/loss.ts", losing);
const loss = mistakesIn("losses", "bindings/ops/losses.ts", losing);
const wasmPointwise = mistakesIn("pointwise, wasm", "assembly/pointwise.ts", pointing);
const jsPointwise = mistakesIn("pointwise, js", "bindings/js/pointwise.ts", pointing);

const wasmMax = "const m = Softmax.max(x, v);\n    ";
const noMax = "const m: f32 = 0;\n    ";
const wasmTerms = "const s = Softmax.exponentials(p, x, m, v);\n    ";

const clipNorm =
  "    if (this.#clipNorm !== undefined) this.#clip(kernels, ranges, this.#clipNorm);\n";
const clipValue = `    for (const { gradient, size } of ranges)
      if (this.#clipValue !== undefined) kernels.clip(gradient, this.#clipValue, size);
`;

/** Losses, optimizers, and the operations that cells are written in. */
export const trainingMistakes = [
  wasmUpdates("Adam's epsilon inside the root", [
    "Lanes.fma(least, f32x4.sqrt(square), unbias)",
    "f32x4.mul(f32x4.sqrt(f32x4.add(square, least)), unbias)",
  ]),
  wasmUpdates("Adam's epsilon left out", [
    "Lanes.fma(least, f32x4.sqrt(square), unbias)",
    "f32x4.mul(f32x4.sqrt(square), unbias)",
  ]),
  wasmUpdates("Adam's correction of v dropped", [
    "Lanes.fma(least, f32x4.sqrt(square), unbias)",
    "f32x4.add(least, f32x4.sqrt(square))",
  ]),
  wasmUpdates("Adam's m forgets nothing", ["f32x4.splat(<f32>beta1)", "f32x4.splat(1)"]),
  wasmUpdates("momentum dropped", [
    "Lanes.fma(u, keep, Lanes.load(velocity, n))",
    "Lanes.load(grad, n)",
  ]),
  wasmUpdates("momentum dampens the gradient", [
    "Lanes.fma(u, keep, Lanes.load(velocity, n))",
    "Lanes.fma(f32x4.mul(u, f32x4.splat(<f32>(1 - momentum))), keep, Lanes.load(velocity, n))",
  ]),
  wasmUpdates("velocity not kept", ["      Lanes.store(velocity, u, n);\n", ""]),
  jsUpdates("Adam's epsilon inside the root", [
    "(Math.sqrt(square) * root + floor)",
    "(Math.sqrt(square + floor) * root)",
  ]),
  jsUpdates("Adam's epsilon left out", [
    "(Math.sqrt(square) * root + floor)",
    "(Math.sqrt(square) * root)",
  ]),
  jsUpdates("Adam's correction of v dropped", [
    "(Math.sqrt(square) * root + floor)",
    "(Math.sqrt(square) + floor)",
  ]),
  jsUpdates("momentum dropped", ["keep * f[u]! + f[p]!", "f[p]!"]),
  adam("correction of m dropped", [
    "this.learningRate / (1 - power(this.beta1, step))",
    "this.learningRate",
  ]),
  adam("correction of v dropped", ["1 / Math.sqrt(1 - power(this.beta2, step))", "1"]),
  adam("betas exchanged", [
    "const { beta1 = 0.9, beta2 = 0.999,",
    "const { beta1: beta2 = 0.999, beta2: beta1 = 0.9,",
  ]),
  adam("epsilon ignored", ["      this.epsilon,\n", "      1e-8,\n"]),
  sgd("momentum dropped", ["this.momentum > 0 ? 1 : 0", "0"]),
  sgd("velocity dropped", ["moments[0] ?? 0", "0"]),
  optimizer("clipping by value off", [
    "if (this.#clipValue !== undefined) kernels",
    "if (this.#clipValue === 0) kernels",
  ]),
  optimizer("clipping by norm off", ["if (!(factor >= 1))", "if (!(factor >= 0))"]),
  optimizer("clipping by norm scales up, too", ["if (!(factor >= 1))", "if (factor > 0)"]),
  optimizer("clipping by the norm of each block", ["squares += kernels", "squares = kernels"]),
  optimizer("clipping by value after the norm", [
    `${clipValue}${clipNorm}`,
    `${clipNorm}${clipValue}`,
  ]),
  optimizer("updates not counted", [
    "    for (const p of parameters) this.#updates.set(p, stepOf(p));\n",
    "",
  ]),
  optimizer("moments share their memory", ["4 * (i * block.size + offset)", "4 * offset"]),
  optimizer("packed weights not made anew", ["block.version++", "block.version += 0"]),

  wasmLoss("softmax without its largest element", [
    "Softmax.exponentials(y, x, Softmax.max(x, v), v)",
    "Softmax.exponentials(y, x, 0, v)",
  ]),
  wasmLoss("log softmax without its largest element", [
    `${wasmMax}const top = f32x4.splat(m);\n    const log_sum = f32x4.splat(Softmax.log(Softmax`,
    `${noMax}const top = f32x4.splat(m);\n    const log_sum = f32x4.splat(Softmax.log(Softmax`,
  ]),
  wasmLoss("cross-entropy without its largest element", [
    `${wasmMax}${wasmTerms}const picked`,
    `${noMax}${wasmTerms}const picked`,
  ]),
  wasmLoss("soft cross-entropy without its largest element", [
    `${wasmMax}${wasmTerms}Softmax.divide`,
    `${noMax}${wasmTerms}Softmax.divide`,
  ]),
  wasmLoss("cross-entropy without the mean", [
    "    p += row;\n  }\n  store<f32>(loss, <f32>(total / <f64>rows));",
    "    p += row;\n  }\n  store<f32>(loss, <f32>total);",
  ]),
  wasmLoss("soft cross-entropy without the mean", [
    "    total += <f64>Lanes.sum(sum);\n  }\n  store<f32>(loss, <f32>(total / <f64>rows));",
    "    total += <f64>Lanes.sum(sum);\n  }\n  store<f32>(loss, <f32>total);",
  ]),
  wasmLoss("cross-entropy's gradient without the mean", [
    "const share = load<f32>(dloss) / <f32>rows;",
    "const share = load<f32>(dloss);",
  ]),
  wasmLoss("soft cross-entropy's gradient without the mean", [
    "f32x4.splat(load<f32>(dloss) / <f32>rows)",
    "f32x4.splat(load<f32>(dloss))",
  ]),
  wasmLoss("cross-entropy's gradient overwritten", [
    "Lanes.fma(Lanes.load(dx, k), factor, Lanes.load(p, k))",
    "f32x4.mul(factor, Lanes.load(p, k))",
  ]),
  wasmLoss("cross-entropy's gradient without the class", [
    "(load<f32>(p + at) - 1)",
    "load<f32>(p + at)",
  ]),
  wasmLoss("softmax's gradient without the mean", [
    "f32x4.splat(Softmax.dot(dy, y, v))",
    "f32x4.splat(0)",
  ]),
  wasmLoss("squared error without the mean", ["<f32>(total / <f64>n)", "<f32>total"]),
  wasmLoss("squared error's gradient halved", ["(load<f32>(dloss) * 2)", "load<f32>(dloss)"]),
  jsLoss("softmax without its largest element", [
    "softmaxRow(f, q, p, v, largest(f, p, v))",
    "softmaxRow(f, q, p, v, 0)",
  ]),
  jsLoss("log softmax without its largest element", [
    "const max = largest(f, p, v);",
    "const max = 0;",
  ]),
  jsLoss("cross-entropy without its largest element", [
    "const max = largest(f, s, v);\n      // Read",
    "const max = 0;\n      // Read",
  ]),
  jsLoss("soft cross-entropy without its largest element", [
    "const max = largest(f, s, v);\n      const shift",
    "const max = 0;\n      const shift",
  ]),
  jsLoss("cross-entropies without the mean", [
    "f[loss >>> 2] = total / rows;",
    "f[loss >>> 2] = total;",
    2,
  ]),
  jsLoss("cross-entropies' gradients without the mean", [
    "f[dloss >>> 2]! / rows",
    "f[dloss >>> 2]!",
    2,
  ]),
  jsLoss("squared error's gradient halved", ["(2 * f[dloss >>> 2]!) / n", "f[dloss >>> 2]! / n"]),
  loss("squared error's gradients exchanged", [
    "if (db) k.mse_backward(db, frame.flowed(loss), b, a, n)",
    "if (db) k.mse_backward(db, frame.flowed(loss), a, b, n)",
  ]),

  wasmPointwise("relu's gradient lets everything through", [
    "if (op == Op.RELU) return v128.and(dy, f32x4.gt(s, zero));",
    "if (op == Op.RELU) return dy;",
  ]),
  wasmPointwise("tanh's gradient of the input, not the output", [
    "f32x4.sub(one, f32x4.mul(s, s))",
    "f32x4.sub(one, s)",
  ]),
  wasmPointwise("sigmoid's gradient without 1 - y", [
    "f32x4.mul(dy, f32x4.mul(s, f32x4.sub(one, s)))",
    "f32x4.mul(dy, s)",
  ]),
  wasmPointwise("gradients overwritten", ["f32x4.add(Lanes.load(dx + at, n), slope)", "slope"]),
  wasmPointwise("clipped from above only", [
    "f32x4.pmin(f32x4.pmax(Lanes.load(x, n), low), high)",
    "f32x4.pmin(Lanes.load(x, n), high)",
  ]),
  jsPointwise("relu's gradient lets everything through", ["if (f[r]! > 0) f[q]", "f[q]"]),
  jsPointwise("tanh's gradient overwritten", [
    "f[q] = f[q]! + f[p]! * (1 - v * v);",
    "f[q] = f[p]! * (1 - v * v);",
  ]),
  jsPointwise("sigmoid's gradient without 1 - y", ["f[p]! * v * (1 - v)", "f[p]! * v"]),
];
