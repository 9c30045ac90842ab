import { mistakesIn } from "./write.mjs";

const sequences = [
  "test/goldens.test.ts",
  "test/cells/lengths.test.ts",
  "test/cells/padding.test.ts",
];
const wasm = mistakesIn("rnn, wasm", "assembly/cells/rnn.ts", sequences);
const js = mistakesIn("rnn, js", "bindings/js/rnn.ts", sequences);
const cell = mistakesIn("rnn, call", "bindings/cells/rnn.ts", [
  "test/cells/step.test.ts",
  "test/goldens.test.ts",
]);
const builtIn = mistakesIn("built-in cells, call", "bindings/cells/built-in.ts", [
  "test/cells/step.test.ts",
]);

export const rnnMistakes = [
  wasm("tanh and relu exchanged", [
    "if (s.variant == 0) tanh_forward",
    "if (s.variant != 0) tanh_forward",
  ]),
  wasm("initial h ignored", ["pad_rows(s.h, s.h0, s.batch", "pad_rows(s.h, 0, s.batch"]),
  wasm("bias of R left out", ["pad_bias(s.bias, s.bx, s.br,", "pad_bias(s.bias, s.bx, 0,"]),
  wasm("bias of W counted twice", ["pad_bias(s.bias, s.bx, s.br,", "pad_bias(s.bias, s.bx, s.bx,"]),
  wasm("lengths ignored by the steps", [
    "const n = min(active, to) - from;\n    if (n <= 0) return;",
    "const n = min(s.batch, to) - from;\n    if (n <= 0) return;",
  ]),
  wasm("one step too few", ["t < s.steps; t++", "t < s.steps - 1; t++"]),
  wasm("h not carried on", ["    h_previous = h;\n", ""]),
  wasm("backward, slope of tanh left out", [
    "f32x4.mul(v128.load(dh), f32x4.sub(one, f32x4.mul(v, v)))",
    "f32x4.mul(v128.load(dh), one)",
  ]),
  wasm("backward, relu lets everything through", [
    "v128.and(v128.load(dh), f32x4.gt(v128.load(h), zero))",
    "v128.load(dh)",
  ]),
  wasm("backward, relu turned round", [
    "f32x4.gt(v128.load(h), zero)",
    "f32x4.le(v128.load(h), zero)",
  ]),
  wasm("backward, dh not carried on", [
    "gemm(dh, hp, 0, 0, d, hp, s.r_back, n, hp, hp);",
    "memory.fill(dh, 0, <usize>n * row);",
  ]),
  wasm("backward, gradient of outputs ignored", [
    "    if (s.dy) add_rows(dh, hp, s.dy + ((at * size) << 2), size, n, size);\n",
    "",
  ]),
  wasm("backward, gradient of the final h ignored", ["s.dh_last, s.batch", "0, s.batch"]),
  wasm("backward, h of the step before for its own", [
    "s.h + (<usize>s.batch + at) * row",
    "s.h + at * row",
  ]),
  wasm("backward, first step left out", ["t >= 0; t--", "t > 0; t--"]),
  wasm("backward, padding not cleared", ["    clear_padding(d, n, 1, size);\n", ""]),

  js("tanh and relu exchanged", ["if (variant === 0) for (let j", "if (variant !== 0) for (let j"]),
  js("initial h ignored", ["i[t + word.h0]! >>> 2", "0"]),
  js("bias of R left out", ["i[t + word.br]! >>> 2", "0"]),
  js("bias of W counted twice", ["word.br", "word.bx"]),
  js("steps have the rows of the next ones", [
    "const n = i[sizes + step]!;\n      const h = ",
    "const n = i[sizes + Math.min(step + 1, count - 1)]!;\n      const h = ",
  ]),
  js("one step too few", ["step < count; step++", "step < count - 1; step++"]),
  js("h not carried on", ["      previous = h;\n", ""]),
  js("backward, slope of tanh left out", ["f[dh]! * (1 - v * v)", "f[dh]!"]),
  js("backward, relu lets everything through", ["f[h]! > 0 ? f[dh]! : 0", "f[dh]!"]),
  js("backward, dh not carried on", [
    "product(heap, dh, hp, -1, 0, d, hp, rBack, n, hp, hp, hp, 0, 0);",
    "f.fill(0, dh, dh + n * hp);",
  ]),
  js("backward, gradient of outputs ignored", ["if (dy !== 0) addRows", "if (dy < 0) addRows"]),
  js("backward, gradient of the final h ignored", ["i[t + word.dhLast]! >>> 2", "0"]),
  js("backward, h of the step before for its own", [
    "(i[t + word.h]! >>> 2) + batch * hp",
    "i[t + word.h]! >>> 2",
  ]),
  js("backward, first step left out", ["step >= 0; step--", "step > 0; step--"]),

  cell("tanh and relu exchanged", ["? tanh : relu", "? relu : tanh"]),
  cell("tanh and relu exchanged, for the kernel", ["[tanh, relu].indexOf", "[relu, tanh].indexOf"]),
  cell("initial h ignored", ["this.sums(fromX, seen)", "fromX"]),
  builtIn("bias of R left out", ["add(bias_ih, bias_hh)", "bias_ih"]),
  builtIn("bias of W counted twice", ["add(bias_ih, bias_hh)", "add(bias_ih, bias_ih)"]),
];
