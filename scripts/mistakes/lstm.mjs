import { exchanges, mistakesIn, pairs } from "./write.mjs";

const sequences = [
  "test/goldens.test.ts",
  "test/cells/lengths.test.ts",
  "test/cells/padding.test.ts",
];
const wasm = mistakesIn("lstm, wasm", "assembly/cells/lstm.ts", sequences);
const js = mistakesIn("lstm, js", "bindings/js/lstm.ts", sequences);
const cell = mistakesIn("lstm, call", "bindings/cells/lstm.ts", [
  "test/cells/step.test.ts",
  "test/goldens.test.ts",
  "test/cells/options.test.ts",
]);

/** The kernel's gates one behind the other in memory, and the activations in the order of `names`. */
const gatesInMemory = ([first, second, third, fourth]) => `    const ${first} = gates;
    const ${second} = ${first} + row;
    const ${third} = ${second} + row;
    const ${fourth} = ${third} + row;
`;
const inputAndForget = "    sigmoid_forward(i, i, 2 * hp);\n";
const oneByOne = "    sigmoid_forward(i, i, hp);\n    sigmoid_forward(f, f, hp);\n";

const wasmForward = pairs(["i", "f", "g", "o"]).map(([a, b]) => {
  const order = ["i", "f", "g", "o"].map((name) => ({ [a]: b, [b]: a })[name] ?? name);
  const find = gatesInMemory(["i", "f", "g", "o"]) + inputAndForget;
  return wasm(`forward, ${a} and ${b} exchanged`, [find, gatesInMemory(order) + oneByOne]);
});

const wasmBackward = exchanges(
  { i: "gates", f: "pf", g: "pg", o: "po" },
  ({
    i,
    f,
    g,
    o,
  }) => `      v128.store(${o} + j, f32x4.mul(f32x4.mul(d, t), f32x4.mul(o, f32x4.sub(one, o))));
      v128.store(${i} + j, f32x4.mul(f32x4.mul(e, g), f32x4.mul(i, f32x4.sub(one, i))));
      v128.store(${g} + j, f32x4.mul(f32x4.mul(e, i), f32x4.sub(one, f32x4.mul(g, g))));
      v128.store(
        ${f} + j,
`,
).map(([name, change]) => wasm(`backward, ${name}`, change));

const jsForward = exchanges(
  { i: "gates", f: "gates + hp", g: "gates + 2 * hp", o: "gates + 3 * hp" },
  ({ i, f, g, o }) => `  sigmoidRows(f, ${i}, 4 * hp, n, size);
  sigmoidRows(f, ${f}, 4 * hp, n, size);
  sigmoidRows(f, ${o}, 4 * hp, n, size);
  for (let b = 0; b < n; b++) {
    for (let j = 0; j < size; j++) {
      const g = tanh(f[${g} + j]!);
      const cell = f[${f} + j]! * f[cPrevious + j]! + f[${i} + j]! * g;
      const bounded = tanh(cell);
      f[${g} + j] = g;
      f[c + j] = cell;
      f[tanhC + j] = bounded;
      f[h + j] = f[${o} + j]! * bounded;
`,
).map(([name, change]) => js(`forward, ${name}`, change));

const jsBackward = exchanges(
  { i: "gates", f: "gates + hp", g: "gates + 2 * hp", o: "gates + 3 * hp" },
  ({ i, f, g, o }) => `      f[${i}] = e * g * i * (1 - i);
      f[${f}] = e * f[cPrevious]! * forget * (1 - forget);
      f[${g}] = e * i * (1 - g * g);
      f[${o}] = d * bounded * o * (1 - o);
`,
).map(([name, change]) => js(`backward, ${name}`, change));

/** Where the equations take each gate from. */
const gateOf = {
  i: (place) => `this.gate(gates, ${place}), 0, c`,
  f: (place) => `this.gate(gates, ${place}), 1, c`,
  g: (place) => `this.gate(gates, ${place})))`,
  o: (place) => `this.gate(gates, ${place}), 2, next`,
};
const names = Object.keys(gateOf);
const calls = pairs(names).map(([a, b]) => {
  const [at, other] = [names.indexOf(a), names.indexOf(b)];
  return cell(
    `${a} and ${b} exchanged`,
    [gateOf[a](at), gateOf[a](other)],
    [gateOf[b](other), gateOf[b](at)],
  );
});

export const lstmMistakes = [
  ...wasmForward,
  wasm("forget gate dropped", [
    "const kept = f32x4.mul(v128.load(f + j), v128.load(c_previous + j));",
    "const kept = v128.load(c_previous + j);",
  ]),
  wasm("tanh(c) left out", [
    "f32x4.mul(v128.load(o + j), v128.load(tanh_c + j))",
    "f32x4.mul(v128.load(o + j), v128.load(c + j))",
  ]),
  wasm("initial h ignored", ["pad_rows(s.h, s.h0, s.batch", "pad_rows(s.h, 0, s.batch"]),
  wasm("initial c ignored", ["pad_rows(s.c, s.c0, s.batch", "pad_rows(s.c, 0, s.batch"]),
  wasm("initial c taken from h", ["pad_rows(s.c, s.c0, s.batch", "pad_rows(s.c, s.h0, s.batch"]),
  wasm("bias of R left out", ["s.br ? s.br + at : 0, size", "0, size"]),
  wasm("bias of W counted twice", ["s.br ? s.br + at : 0, size", "s.bx ? s.bx + at : 0, size"]),
  wasm("lengths ignored by the steps", [
    "const n = min(active, to) - from;\n    if (n <= 0) return;",
    "const n = min(s.batch, to) - from;\n    if (n <= 0) return;",
  ]),
  wasm("one step too few", ["t < s.steps; t++", "t < s.steps - 1; t++"]),
  wasm("c not carried on", ["    c_previous = c;\n", ""]),
  wasm("h not carried on", ["    h_previous = h;\n", ""]),
  wasm("rows of ragged steps mistaken", ["    held = active;\n", ""]),
  ...wasmBackward,
  wasm("backward, slope of tanh(c) left out", [
    "f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(t, t)))",
    "f32x4.mul(d, o)",
  ]),
  wasm("backward, dc of the step after ignored", [
    "const e = f32x4.add(v128.load(dc + j), through);",
    "const e = through;",
  ]),
  wasm("backward, dc not carried on", [
    "v128.store(dc + j, f32x4.mul(e, f));",
    "v128.store(dc + j, f32x4.splat(0));",
  ]),
  wasm("backward, dc past the forget gate", [
    "v128.store(dc + j, f32x4.mul(e, f));",
    "v128.store(dc + j, e);",
  ]),
  wasm("backward, dh not carried on", [
    "gemm(dh, hp, 0, 0, gates, 4 * hp, s.r_back, n, hp, 4 * hp);",
    "memory.fill(dh, 0, <usize>n * row);",
  ]),
  wasm("backward, gradient of outputs ignored", [
    "    if (s.dy) add_rows(dh, hp, s.dy + ((at * size) << 2), size, n, size);\n",
    "",
  ]),
  wasm("backward, gradient of the final h ignored", ["s.dh_last, s.batch", "0, s.batch"]),
  wasm("backward, gradient of the final c ignored", ["s.dc_last, s.batch", "0, s.batch"]),
  wasm("backward, c of the step for that before", [
    "(<usize>s.batch + at - before) * row",
    "(<usize>s.batch + at) * row",
  ]),
  wasm("backward, lengths mistaken", ["s.batch + at - before", "s.batch + at - active"]),
  wasm("backward, first step left out", ["t >= 0; t--", "t > 0; t--"]),
  wasm("backward, padding not cleared", ["    clear_padding(gates, n, 4, size);\n", ""]),

  ...jsForward,
  js("forget gate dropped", ["f[gates + hp + j]! * f[cPrevious + j]!", "f[cPrevious + j]!"]),
  js("tanh(c) left out", ["const bounded = tanh(cell);", "const bounded = cell;"]),
  js("initial h ignored", ["i[t + word.h0]! >>> 2", "0"]),
  js("initial c ignored", ["i[t + word.c0]! >>> 2", "0"]),
  js("bias of R left out", ["br && br + g * size, size", "0, size"]),
  js("bias of W counted twice", ["br && br + g * size, size", "bx && bx + g * size, size"]),
  js("steps have the rows of the next ones", [
    "const n = i[sizes + step]!;\n      const h = ",
    "const n = i[sizes + Math.min(step + 1, count - 1)]!;\n      const h = ",
  ]),
  js("one step too few", ["step < count; step++", "step < count - 1; step++"]),
  js("c not carried on", ["      cPrevious = c;\n", ""]),
  js("h not carried on", ["      previous = h;\n", ""]),
  ...jsBackward,
  js("backward, slope of tanh(c) left out", ["d * o * (1 - bounded * bounded)", "d * o"]),
  js("backward, dc of the step after ignored", ["const e = f[dc]! + d", "const e = d"]),
  js("backward, dc not carried on", ["f[dc] = e * forget;", "f[dc] = 0;"]),
  js("backward, dh not carried on", [
    "product(heap, dh, hp, -1, 0, d, wide, rBack, n, hp, wide, wide, 0, 0);",
    "f.fill(0, dh, dh + n * hp);",
  ]),
  js("backward, gradient of outputs ignored", ["if (dy !== 0) addRows", "if (dy < 0) addRows"]),
  js("backward, gradient of the final h ignored", ["i[t + word.dhLast]! >>> 2", "0"]),
  js("backward, gradient of the final c ignored", ["i[t + word.dcLast]! >>> 2", "0"]),
  js("backward, c of the step for that before", ["batch + row - before", "batch + row"]),
  js("backward, lengths mistaken", ["batch + row - before", "batch + row - n"]),
  js("backward, first step left out", ["step >= 0; step--", "step > 0; step--"]),
  js("backward, padding not cleared", ["      clearPadding(f, d, 4 * n, size);\n", ""]),

  ...calls,
  cell("forget gate dropped", ["add(mul(f, c), mul(i, g))", "add(c, mul(i, g))"]),
  cell("tanh(c) left out", [
    'this.activate("outputActivation", this.outputActivation, this.ofCell(next))',
    "this.ofCell(next)",
  ]),
  cell("initial h ignored", ["this.sums(fromX, seen)", "fromX"]),
  cell("initial c ignored", ["mul(f, c)", "mul(f, 0)"]),
  cell("h and c of the state exchanged", [": h, c: next }", ": next, c: h }"]),
  cell("forget bias left out", ["this.forgetBias === 0 ? f : add(f, this.forgetBias)", "f"]),
  cell("peepholes all from that of i", ["[which * h], [h]", "[0], [h]"]),
  cell("peephole of o sees c before the step", ["2, next", "2, c"]),
  cell("coupled gates both open", ["this.coupled ? sub(1, i)", "this.coupled ? i"]),
  cell("h and c given to the kernel exchanged", ["return [h, c];", "return [c, h];"]),
  cell("h and c out of the kernel exchanged", ["h: h!, c: c!", "h: c!, c: h!"]),
];
