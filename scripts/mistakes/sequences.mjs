import { mistakesIn } from "./write.mjs";

const tests = [
  "test/goldens.test.ts",
  "test/cells/lengths.test.ts",
  "test/cells/checkpoint.test.ts",
  "test/cells/padding.test.ts",
];
const wasm = mistakesIn("sequence, wasm", "assembly/cells/sequence.ts", tests);
const js = mistakesIn("sequence, js", "bindings/js/sequence.ts", tests);
const run = mistakesIn("sequence", "bindings/cells/sequence.ts", tests);

/** What all whole-sequence kernels have in common, and what calls them. */
export const sequenceMistakes = [
  wasm("final h taken from the last step", [
    "last_rows(s.h_last, s.h, s.last, s.batch, h);",
    "copy_rows(s.h_last, h, s.h + ((<usize>(s.rows * hp)) << 2), hp, s.batch, h);",
  ]),
  wasm("final c taken from the last step", [
    "last_rows(s.c_last, s.c, s.last, s.batch, h);",
    "copy_rows(s.c_last, h, s.c + ((<usize>(s.rows * hp)) << 2), hp, s.batch, h);",
  ]),
  wasm("final c taken from h", ["last_rows(s.c_last, s.c,", "last_rows(s.c_last, s.h,"]),
  wasm("outputs one step late", [
    "s.h + ((<usize>(s.batch * hp)) << 2), hp, s.rows",
    "s.h, hp, s.rows",
  ]),
  wasm("input projection without bias", ["gemm(c, n, s.bias, 0, x,", "gemm(c, n, 0, 0, x,"]),
  wasm("initial state not cleared", ["if (!src || hp > h) memory.fill", "if (hp > h) memory.fill"]),
  wasm("padding not cleared", [
    "  if (hp == h) return;\n  for (let i = rows * groups",
    "  if (hp >= h) return;\n  for (let i = rows * groups",
  ]),
  wasm("padding cleared but for its first column", [
    "for (let j = h; j < hp; j++) f32.store(d",
    "for (let j = h + 1; j < hp; j++) f32.store(d",
  ]),
  wasm("dR from h of the step itself", [
    "return s.rows == s.steps * s.batch ? s.h : Scratch.previous(s);",
    "return s.h + ((<usize>(s.batch * Shape.padded(s.hidden_size))) << 2);",
  ]),
  wasm("dR of ragged sequences as if they were full", [
    "return s.rows == s.steps * s.batch ? s.h : Scratch.previous(s);",
    "return s.h;",
  ]),
  wasm("dR of ragged sequences from rows of other ones", [
    "from += <usize>held * row;",
    "from += <usize>active * row;",
  ]),
  wasm("dx overwritten", ["gemm(dx, i, dx, i,", "gemm(dx, i, 0, 0,"]),
  wasm("dx left out", ["  if (s.dx) {", "  if (s.dx && s.rows < 0) {"]),
  wasm("dW and dR overwritten", [
    "  const hp = Shape.padded(h);\n  gemm_tn_range(",
    "  const hp = Shape.padded(h);\n  memory.fill(to, 0, (<usize>(m * n)) << 2);\n  gemm_tn_range(",
  ]),
  wasm("dbx counted twice", [
    "if (s.dbx && part == 0) column_sums(s.dbx, s.gates, n, s.rows, g * h, h);",
    "if (s.dbx && part == 0) {\n    column_sums(s.dbx, s.gates, n, s.rows, g * h, h);\n    column_sums(s.dbx, s.gates, n, s.rows, g * h, h);\n  }",
  ]),
  wasm("dbx overwritten", [
    "if (s.dbx && part == 0) column_sums(",
    "if (s.dbx && part == 0) memory.fill(s.dbx, 0, (<usize>(g * h)) << 2);\n  if (s.dbx && part == 0) column_sums(",
  ]),
  wasm("dbr left out", ["if (dbr && part == parts - 1)", "if (dbr && part == parts)"]),
  wasm("gradient of the initial h left out", ["if (s.dh0) add_rows", "if (s.dh0 == 1) add_rows"]),
  wasm("gradient of the initial h overwritten", [
    "if (s.dh0) add_rows(s.dh0, h, Scratch.dh(s), hp, s.batch, h);",
    "if (s.dh0) copy_rows(s.dh0, h, Scratch.dh(s), hp, s.batch, h);",
  ]),
  wasm("gradient of the initial c left out", ["if (s.dc0) add_rows", "if (s.dc0 == 1) add_rows"]),
  wasm("gradient of the initial c taken from h", [
    "add_rows(s.dc0, h, Scratch.dc(s)",
    "add_rows(s.dc0, h, Scratch.dh(s)",
  ]),

  js("final h taken from the last step", [
    "if (hLast !== 0) lastRows(hLast, h, last, batch, size);",
    "if (hLast !== 0) copyRows(f, hLast, size, h + i[t + word.rows]! * hp, hp, batch, size);",
  ]),
  js("final c taken from the last step", [
    "if (cLast !== 0) lastRows(cLast, i[t + word.c]! >>> 2, last, batch, size);",
    "if (cLast !== 0) copyRows(f, cLast, size, (i[t + word.c]! >>> 2) + i[t + word.rows]! * hp, hp, batch, size);",
  ]),
  js("outputs one step late", [
    "copyRows(f, y, size, h + batch * hp, hp",
    "copyRows(f, y, size, h, hp",
  ]),
  js("initial state not cleared", ["if (src === 0 || hp > h) f.fill", "if (hp > h) f.fill"]),
  js("padding not cleared", ["if (hp > h) for (let g = 0", "if (hp < h) for (let g = 0"]),
  js("dR of ragged sequences as if they were full", [
    "if (i[t + word.rows] === steps * batch) return from;",
    "if (steps > 0) return from;",
  ]),
  js("dR of ragged sequences from rows of other ones", [
    "from += held * hp;",
    "from += active * hp;",
  ]),
  js("dx overwritten", ["gemm.gemm(dx, n, dx, n,", "gemm.gemm(dx, n, 0, 0,"]),
  js("dW left out", ["if (dw !== 0) gemm", "if (dw < 0) gemm"]),
  js("dW overwritten", [
    "if (dw !== 0) gemm",
    "if (dw !== 0) heap.f32.fill(0, dw >>> 2, (dw >>> 2) + g * h * n);\n      if (dw !== 0) gemm",
  ]),
  js("dR overwritten", [
    "        const c = 4 * (dr + first * h * h);",
    "        const c = 4 * (dr + first * h * h);\n        heap.f32.fill(0, c >>> 2, (c >>> 2) + g * h * h);",
  ]),
  js("dbr left out", ["if (dbr !== 0) reduce", "if (dbr < 0) reduce"]),
  js("gradient of the initial h left out", ["if (dh0 !== 0) addRows", "if (dh0 < 0) addRows"]),
  js("gradient of the initial h overwritten", [
    "if (dh0 !== 0) addRows",
    "if (dh0 !== 0) copyRows",
  ]),
  js("gradient of the initial c left out", ["if (dc0 !== 0) addRows", "if (dc0 < 0) addRows"]),

  run("initial state ignored", ["initial ? frame.at(initial[which]!) : 0", "0"]),
  run("initial c taken from h", ["frame.at(initial[which]!)", "frame.at(initial[0]!)"]),
  run("gradient of the initial state dropped", [
    "this.#initial ? frame.gradient(this.#initial[which]!) : 0",
    "0",
  ]),
  run("gradient of the final state dropped", ["      frame.flowed(s),\n", "      0,\n"]),
  run("gradient of the outputs dropped", ["frame.flowed(this.outputs)]", "0]"]),
  run("bias of R left out", ["br: bias_hh ? frame.at(bias_hh) : 0", "br: 0"]),
  run("bias of W counted twice", ["frame.at(bias_hh)", "frame.at(bias_ih)"]),
  run("gradient of the bias of R left out", [
    "dbr: bias_hh ? frame.gradient(bias_hh) : 0",
    "dbr: 0",
  ]),
  run("biases' gradients both given to that of W", [
    "frame.gradient(bias_hh)",
    "frame.gradient(bias_ih)",
  ]),
  run("parts each begin from the initial state", [
    "h0: h![n]!,\n      c0: c?.[n] ?? 0,\n      hLast",
    "h0: h![0]!,\n      c0: c?.[n] ?? 0,\n      hLast",
  ]),
  run("parts not computed anew before they are gone through backwards", [
    "      if (n < this.#parts.length - 1) this.#forward(n); // the last part is still there\n",
    "",
  ]),
  run("dc not carried from part to part", ["dcLast: dc?.[n + 1] ?? 0", "dcLast: 0"]),
];
