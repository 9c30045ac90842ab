import { mistakesIn } from "./write.mjs";

const tests = ["test/ops/gradients.test.ts", "test/core/differentiate.test.ts"];
const products = mistakesIn("products", "bindings/ops/matmul.ts", tests);
const arithmetic = mistakesIn("arithmetic", "bindings/ops/arithmetic.ts", tests);
const shape = mistakesIn("shape", "bindings/ops/shape.ts", tests);
const tape = mistakesIn("tape", "bindings/core/tape.ts", tests);

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
];
