import { mistakesIn } from "./write.mjs";

const tests = ["test/ops/gradients.test.ts", "test/core/differentiate.test.ts"];
const products = mistakesIn("products", "bindings/ops/matmul.ts", tests);
const arithmetic = mistakesIn("arithmetic", "bindings/ops/arithmetic.ts", tests);
const shape = mistakesIn("shape", "bindings/ops/shape.ts", tests);
const tape = mistakesIn("tape", "bindings/core/tape.ts", tests);

const pointing = ["test/kernels/pointwise.test.ts", "test/ops/gradients.test.ts"];
const wasmPointwise = mistakesIn("pointwise, wasm", "assembly/pointwise.ts", pointing);
const jsPointwise = mistakesIn("pointwise, js", "bindings/js/pointwise.ts", pointing);

/** What a cell of one's own is written in, and the way back through it. */
export const operationMistakes = [
  products("bias left out", ["bias ? frame.at(bias) : 0];", "0];"]),
  products("bias's gradient left out", [
    "if (db) kernels.column_sums",
    "if (db === 0) kernels.column_sums",
  ]),
  products("linear's dx overwritten", ["kernels.gemm(dx, k, dx, k,", "kernels.gemm(dx, k, 0, 0,"]),
  products("matmul's da overwritten", ["kernels.gemm(da, k, da, k,", "kernels.gemm(da, k, 0, 0,"]),
  products("matmul's operand the wrong way round for da", [
    'operand(frame, b, "nt")',
    'operand(frame, b, "nn")',
  ]),
  arithmetic("sub's gradient with the wrong sign", ["addTo(-1, second)", "addTo(1, second)"]),
  arithmetic("mul's gradients exchanged", [
    "productTo(p, da, p.a.size, p.b)",
    "productTo(p, da, p.a.size, p.a)",
  ]),
  shape("concat's gradients all from the first part", [
    "frame.flowed(y) + skipped, axes, true",
    "frame.flowed(y), axes, true",
  ]),
  shape("concat's gradients overwritten", ["skipped, axes, true", "skipped, axes, false"]),
  shape("transpose's gradient overwritten", ["back, true", "back, false"]),
  tape("gradients of the step before kept", ["      x.gradientView.fill(0);\n", ""]),
  tape("run forwards", [
    "this.#entries.pop(); entry; entry = this.#entries.pop()",
    "this.#entries.shift(); entry; entry = this.#entries.shift()",
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
    "f32x4.pmin(f32x4.pmax(Lanes.load(x, n), least), most)",
    "f32x4.pmin(Lanes.load(x, n), most)",
  ]),
  wasmPointwise("clipping's gradient passes everywhere", [
    "v128.and(Lanes.load(dy, n), inside)",
    "Lanes.load(dy, n)",
  ]),
  jsPointwise("relu's gradient lets everything through", ["if (f[r]! > 0) f[q]", "f[q]"]),
  jsPointwise("tanh's gradient overwritten", [
    "f[q] = f[q]! + f[p]! * (1 - v * v);",
    "f[q] = f[p]! * (1 - v * v);",
  ]),
  jsPointwise("sigmoid's gradient without 1 - y", ["f[p]! * v * (1 - v)", "f[p]! * v"]),
];
