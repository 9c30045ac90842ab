import { mistakesIn } from "./write.mjs";

const tests = ["test/cells/entries.test.ts", "test/nn/stream-entries.test.ts"];
const wasm = mistakesIn("entries, wasm", "assembly/cells/sequence.ts", tests);
const js = mistakesIn("entries, js", "bindings/js/sequence.ts", tests);
const run = mistakesIn("entries", "bindings/cells/sequence.ts", tests);
const stream = mistakesIn("entries, stream", "bindings/nn/stream.ts", tests);

/** What can go wrong where inputs are numbers of a table's rows. */
export const entryMistakes = [
  wasm("without bias", ["gemm(s.projected, n, s.bias, 0,", "gemm(s.projected, n, 0, 0,"]),
  wasm("part of a thread begins with the first row", [
    "s.index + ((<usize>from) << 2), m, n",
    "s.index, m, n",
  ]),
  wasm("sums not cleared", ["  memory.fill(d, 0, (<usize>s.entries * n) << 2);\n", ""]),
  wasm("dx overwritten", ["gemm(s.dx, i, s.dx, i, d,", "gemm(s.dx, i, 0, 0, d,"]),
  wasm("dW left out", [
    "  if (s.dw) weight_gradients(s, s.dw, i, d, n, s.x, i, s.entries, gates_per_cell, 0, 1);\n",
    "",
  ]),
  wasm("dW of the rows, too", [
    "  if (s.entries) return;\n  if (s.dx)",
    "  if (s.entries && !s.dw) return;\n  if (s.dx)",
  ]),
  wasm("dbx left out", [
    "  if (s.dbx && part == 0) column_sums(",
    "  if (s.dbx && part == 0 && !s.entries) column_sums(",
  ]),
  js("without bias, one row at a time", [
    "4 * r * n, n, bias, 0, x + 4",
    "4 * r * n, n, 0, 0, x + 4",
  ]),
  js("without bias", ["gemm.gemm(projected, n, bias, 0,", "gemm.gemm(projected, n, 0, 0,"]),
  js("sums not cleared", ["        heap.f32.fill(0, d >>> 2, (d >>> 2) + m * g * hp);\n", ""]),
  js("gradients of the rows", ["[d, m] = [i[t + word.projected]! >>> 0, entries];", ""]),
  run("every part begins with the first row", [
    "index: this.#index + 4 * row",
    "index: this.#index",
  ]),
  run("dx moves on with the rows", [
    "dx && this.#index === undefined ? dx + 4 * firstRow * i : dx",
    "dx && dx + 4 * firstRow * i",
  ]),
  stream("versions of the embedding not seen", [
    "const modules = embedding ? [embedding, ...list] : list;",
    "const modules = list;",
  ]),
  stream("always the first entry", ["heap.i32[this.#entry >>> 2] = frame;", "{}"]),
  stream("always the first row", ["(weight.address >>> 2) + entry * size", "weight.address >>> 2"]),
];
