import { exchanges, mistakesIn } from "./write.mjs";

const sequences = [
  "test/goldens.test.ts",
  "test/cells/lengths.test.ts",
  "test/cells/padding.test.ts",
];
const wasm = mistakesIn("gru, wasm", "assembly/cells/gru.ts", sequences);
const js = mistakesIn("gru, js", "bindings/js/gru.ts", sequences);
const cell = mistakesIn("gru, call", "bindings/cells/gru.ts", [
  "test/cells/step.test.ts",
  "test/goldens.test.ts",
]);

const wasmBackward = exchanges(
  { r: "gates", z: "pz", n: "pn" },
  ({
    r,
    z,
    n,
  }) => `      v128.store(${z} + j, f32x4.mul(f32x4.mul(d, difference), f32x4.mul(z, keep)));
      v128.store(${n} + j, dn);
      v128.store(dh + j, f32x4.mul(d, z));
      if (variant == 0) {
        const r = v128.load(gates + j);
        const dr = f32x4.mul(dn, v128.load(q + j));
        v128.store(${r} + j, f32x4.mul(dr, f32x4.mul(r, f32x4.sub(one, r))));
`,
).map(([name, change]) => wasm(`backward, ${name}`, change));

const jsBackward = exchanges(
  { r: "gates", z: "gates + hp", n: "gates + 2 * hp" },
  ({ r, z, n }) => `      f[${z}] = d * (f[previous]! - candidate) * z * (1 - z);
      f[${n}] = dn;
      f[dh] = d * z;
      if (variant === 0) {
        const r = f[gates]!;
        f[${r}] = dn * f[q]! * r * (1 - r);
`,
).map(([name, change]) => js(`backward, ${name}`, change));

export const gruMistakes = [
  wasm(
    "forward, r and z exchanged",
    [
      "v128.load(at), v128.load(gates + j), v128.load(q + j)",
      "v128.load(at), v128.load(z + j), v128.load(q + j)",
    ],
    [
      "f32x4.mul(v128.load(gates + j), v128.load(h_previous + j))",
      "f32x4.mul(v128.load(gates + row + j), v128.load(h_previous + j))",
    ],
    [
      "Lanes.fma(v, v128.load(z + j), difference)",
      "Lanes.fma(v, v128.load(gates + j), difference)",
    ],
  ),
  wasm("forward, r and n exchanged", [
    "Lanes.fma(v128.load(at), v128.load(gates + j), v128.load(q + j))",
    "Lanes.fma(v128.load(gates + j), v128.load(at), v128.load(q + j))",
  ]),
  wasm(
    "forward, z and n exchanged",
    [
      "const v = v128.load(candidate + j);\n      const difference",
      "const v = v128.load(z + j);\n      const difference",
    ],
    [
      "Lanes.fma(v, v128.load(z + j), difference)",
      "Lanes.fma(v, v128.load(candidate + j), difference)",
    ],
  ),
  wasm("z and 1 - z exchanged", [
    "Lanes.fma(v, v128.load(z + j), difference)",
    "f32x4.sub(v128.load(h_previous + j), f32x4.mul(v128.load(z + j), difference))",
  ]),
  wasm("reset dropped, after the product", [
    "Lanes.fma(v128.load(at), v128.load(gates + j), v128.load(q + j))",
    "f32x4.add(v128.load(at), v128.load(q + j))",
  ]),
  wasm("reset dropped, before the product", [
    "f32x4.mul(v128.load(gates + j), v128.load(h_previous + j))",
    "v128.load(h_previous + j)",
  ]),
  wasm("reset after and before exchanged", ["variant == 0", "variant != 0", 6]),
  wasm("initial h ignored", ["pad_rows(s.h, s.h0, s.batch", "pad_rows(s.h, 0, s.batch"]),
  wasm("bias of R_n left out, reset after", [
    "pad_bias(s.bias + 3 * row, s.br ? s.br + ((<usize>(2 * size)) << 2) : 0, 0, size)",
    "pad_bias(s.bias + 3 * row, 0, 0, size)",
  ]),
  wasm("bias of R_n counted twice, reset after", ["s.br && !(after && g == 2) ?", "s.br ?"]),
  wasm("bias of R_n left out, reset before", ["!(after && g == 2)", "g != 2"]),
  wasm("lengths ignored by the steps", [
    "const n = min(active, to) - from;\n    if (n <= 0) return;",
    "const n = min(s.batch, to) - from;\n    if (n <= 0) return;",
  ]),
  wasm("one step too few", ["t < s.steps; t++", "t < s.steps - 1; t++"]),
  wasm("h not carried on", ["    h_previous = h;\n", ""]),
  ...wasmBackward,
  wasm("backward, reset dropped after the product", [
    "v128.store(q + j, f32x4.mul(dn, r));",
    "v128.store(q + j, dn);",
  ]),
  wasm("backward, reset dropped before the product", [
    "Lanes.fma(v128.load(dh + j), v, r)",
    "f32x4.add(v128.load(dh + j), v)",
  ]),
  wasm("backward, gradient of r left out, reset after", [
    "const dr = f32x4.mul(dn, v128.load(q + j));",
    "const dr = f32x4.splat(0);",
  ]),
  wasm("backward, gradient of r left out, reset before", [
    "const dr = f32x4.mul(v, v128.load(h_previous + j));",
    "const dr = f32x4.splat(0);",
  ]),
  wasm("backward, 1 - z left out of the candidate's gradient", [
    "const dn = f32x4.mul(f32x4.mul(d, keep), ",
    "const dn = f32x4.mul(d, ",
  ]),
  wasm("backward, 1 - z path of z's gradient left out", [
    "const difference = f32x4.sub(v128.load(h_previous + j), candidate);",
    "const difference = v128.load(h_previous + j);",
  ]),
  wasm("backward, z h path left out", [
    "v128.store(dh + j, f32x4.mul(d, z));",
    "v128.store(dh + j, f32x4.splat(0));",
  ]),
  wasm("backward, dh through r and z not carried on", [
    "    gemm_range(dh, hp, dh, hp, gates, 3 * hp, s.r_back, 3 * hp, 0, n, hp, 2 * hp);\n",
    "",
  ]),
  wasm("backward, dh through n not carried on, reset after", [
    "      gemm_range(dh, hp, dh, hp, q, hp, s.r_back, 3 * hp, 2 * hp, n, hp, hp);\n",
    "",
  ]),
  wasm("backward, dh through n not carried on, reset before", [
    "v128.store(dh + j, Lanes.fma(v128.load(dh + j), v, r));",
    "",
  ]),
  wasm("backward, dR of n without the reset, reset after", [
    "recurrent_gradients(s, dr, dbr, s.c, hp, previous_h(s), 1,",
    "recurrent_gradients(s, dr, dbr, dn, 3 * hp, previous_h(s), 1,",
  ]),
  wasm("backward, dR of n without the reset, reset before", [
    "recurrent_gradients(s, dr, dbr, dn, 3 * hp, s.c, 1,",
    "recurrent_gradients(s, dr, dbr, dn, 3 * hp, previous_h(s), 1,",
  ]),
  wasm("backward, gradient of outputs ignored", [
    "    if (s.dy) add_rows(dh, hp, s.dy + ((at * size) << 2), size, n, size);\n",
    "",
  ]),
  wasm("backward, gradient of the final h ignored", ["s.dh_last, s.batch", "0, s.batch"]),
  wasm("backward, h of the step for that before", [
    "(<usize>s.batch + at - before) * row",
    "(<usize>s.batch + at) * row",
  ]),
  wasm("backward, lengths mistaken", ["s.batch + at - before", "s.batch + at - active"]),
  wasm("backward, first step left out", ["t >= 0; t--", "t > 0; t--"]),
  wasm("backward, padding of the gates not cleared", [
    "    clear_padding(gates, n, 3, size);\n    if",
    "    if",
  ]),
  wasm("backward, padding of q not cleared", ["      clear_padding(q, n, 1, size);\n", ""]),
  wasm("backward, padding not cleared, reset before", [
    "h_previous, n, hp);\n      clear_padding(gates, n, 3, size);\n",
    "h_previous, n, hp);\n",
  ]),

  js(
    "forward, r and z exchanged",
    ["f[gates + j]! * f[q + j]!", "f[z + j]! * f[q + j]!"],
    ["f[q] = f[gates]! * f[previous]!;", "f[q] = f[gates + hp]! * f[previous]!;"],
    ["v + f[z + j]! * (f[previous + j]! - v)", "v + f[gates + j]! * (f[previous + j]! - v)"],
  ),
  js("forward, r and n exchanged", [
    "tanh(f[candidate + j]! + f[gates + j]! * f[q + j]!)",
    "tanh(f[gates + j]! + f[candidate + j]! * f[q + j]!)",
  ]),
  js(
    "forward, z and n exchanged",
    ["const v = f[candidate + j]!;", "const v = f[z + j]!;"],
    ["v + f[z + j]! * (f[previous + j]! - v)", "v + f[candidate + j]! * (f[previous + j]! - v)"],
  ),
  js("z and 1 - z exchanged", [
    "v + f[z + j]! * (f[previous + j]! - v)",
    "f[previous + j]! - f[z + j]! * (f[previous + j]! - v)",
  ]),
  js("reset dropped, after the product", ["f[gates + j]! * f[q + j]!", "f[q + j]!"]),
  js("reset dropped, before the product", [
    "f[q] = f[gates]! * f[previous]!;",
    "f[q] = f[previous]!;",
  ]),
  js("reset after and before exchanged", ["i[t + word.variant]!", "1 - i[t + word.variant]!", 2]),
  js("initial h ignored", ["i[t + word.h0]! >>> 2", "0"]),
  js("bias of R_n left out, reset after", [
    "padBias(f, bn, br && br + 2 * size, 0, size)",
    "padBias(f, bn, 0, 0, size)",
  ]),
  js("bias of R_n counted twice, reset after", ["br && !apart ?", "br ?"]),
  js("bias of R_n left out, reset before", ["g === 2 && variant === 0", "g === 2"]),
  js("steps have the rows of the next ones", [
    "const n = i[sizes + step]!;\n      const h = ",
    "const n = i[sizes + Math.min(step + 1, count - 1)]!;\n      const h = ",
  ]),
  js("one step too few", ["step < count; step++", "step < count - 1; step++"]),
  js("h not carried on", ["      previous = h;\n", ""]),
  ...jsBackward,
  js("backward, reset dropped after the product", ["f[q] = dn * r;", "f[q] = dn;"]),
  js("backward, reset dropped before the product", [
    "f[dh] = f[dh]! + v * r;",
    "f[dh] = f[dh]! + v;",
  ]),
  js("backward, gradient of r left out, reset after", [
    "f[gates] = dn * f[q]! * r * (1 - r);",
    "f[gates] = 0;",
  ]),
  js("backward, gradient of r left out, reset before", [
    "f[gates] = v * f[previous]! * r * (1 - r);",
    "f[gates] = 0;",
  ]),
  js("backward, 1 - z left out of the candidate's gradient", [
    "const dn = d * (1 - z) * ",
    "const dn = d * ",
  ]),
  js("backward, 1 - z path of z's gradient left out", [
    "d * (f[previous]! - candidate) * z",
    "d * f[previous]! * z",
  ]),
  js("backward, z h path left out", ["f[dh] = d * z;", "f[dh] = 0;"]),
  js("backward, dh through r and z not carried on", [
    "      product(heap, dh, hp, dh, hp, d, wide, rBack, n, hp, 2 * hp, wide, 0, 0);\n",
    "",
  ]),
  js("backward, dh through n not carried on, reset after", [
    "        product(heap, dh, hp, dh, hp, q, hp, rBack, n, hp, hp, wide, 2 * hp, 0);\n",
    "",
  ]),
  js("backward, dh through n not carried on, reset before", ["f[dh] = f[dh]! + v * r;", ""]),
  js("backward, dR of n without the reset, reset after", [
    "steps.recurrentGradients(s, 2, 1, reset, hp, 0)",
    "steps.recurrentGradients(s, 2, 1, gates + 2 * hp, wide, 0)",
  ]),
  js("backward, dR of n without the reset, reset before", [
    "gates + 2 * hp, wide, reset)",
    "gates + 2 * hp, wide, 0)",
  ]),
  js("backward, gradient of outputs ignored", ["if (dy !== 0) addRows", "if (dy < 0) addRows"]),
  js("backward, gradient of the final h ignored", ["i[t + word.dhLast]! >>> 2", "0"]),
  js("backward, h of the step for that before", ["batch + row - before", "batch + row"]),
  js("backward, lengths mistaken", ["batch + row - before", "batch + row - n"]),
  js("backward, first step left out", ["step >= 0; step--", "step > 0; step--"]),
  js("backward, padding of the gates not cleared", [
    "      clearPadding(f, d, 3 * n, size);\n      if",
    "      if",
  ]),
  js("backward, padding of q not cleared", ["        clearPadding(f, q, n, size);\n", ""]),

  cell(
    "r and z exchanged",
    ["const r = this.gate(opened, 0);", "const r = this.gate(opened, 1);"],
    ["const z = this.gate(opened, 1);", "const z = this.gate(opened, 0);"],
  ),
  cell(
    "r and n exchanged",
    [
      "add(this.gate(fromX, 0, 2), this.gate(fromH, 0, 2))",
      "add(this.gate(fromX, 1, 2), this.gate(fromH, 1, 2))",
    ],
    ["const r = this.gate(opened, 0);", "const r = this.gate(opened, 1);"],
    ["const z = this.gate(opened, 1);", "const z = this.gate(opened, 0);"],
    ["mul(r, this.gate(fromH, 2))", "mul(r, this.gate(fromH, 0))"],
    ["add(this.gate(fromX, 2), candidate)", "add(this.gate(fromX, 0), candidate)"],
    ["this.#recurrent(seen, 0, 2);", "this.ofHidden(seen);"],
    ["this.#recurrent(mul(r, seen), 2, 1)", "this.#recurrent(mul(r, seen), 0, 1)"],
  ),
  cell("z and n exchanged", [
    "add(mul(sub(1, z), n), mul(z, h))",
    "add(mul(sub(1, n), z), mul(n, h))",
  ]),
  cell("z and 1 - z exchanged", [
    "add(mul(sub(1, z), n), mul(z, h))",
    "add(mul(z, n), mul(sub(1, z), h))",
  ]),
  cell("reset dropped, after the product", [
    "? mul(r, this.gate(fromH, 2))",
    "? this.gate(fromH, 2)",
  ]),
  cell("reset dropped, before the product", [
    "#recurrent(mul(r, seen), 2, 1)",
    "#recurrent(seen, 2, 1)",
  ]),
  cell("reset after and before exchanged", [
    "this.resetAfter = resetAfter;",
    "this.resetAfter = !resetAfter;",
  ]),
  cell("reset after and before exchanged, by default", ["resetAfter = true", "resetAfter = false"]),
  cell("reset after and before exchanged, for the kernel", [
    "this.resetAfter ? 0 : 1",
    "this.resetAfter ? 1 : 0",
  ]),
  cell("initial h ignored", ["mul(z, h));", "mul(z, 0));"]),
  cell("bias of R left out", ["weight_hh, this.weights.bias_hh)", "weight_hh)"]),
  cell("bias of R of the wrong gates", [
    "slice(bias_hh, [from], [rows])",
    "slice(bias_hh, [0], [rows])",
  ]),
];
