import { mistakesIn } from "./write.mjs";

const tests = ["test/nn/stream.test.ts"];
const wasm = mistakesIn("stream, wasm", "assembly/cells/stream.ts", tests);
const js = mistakesIn("stream, js", "bindings/js/stream.ts", tests);
const stream = mistakesIn("stream", "bindings/nn/stream.ts", tests);

export const streamMistakes = [
  wasm("state h ignored", ["pad_rows(s.h, s.h0, 1, h)", "pad_rows(s.h, 0, 1, h)"]),
  wasm("state c ignored", ["pad_rows(s.c, s.c0, 1, h)", "pad_rows(s.c, 0, 1, h)"]),
  wasm("state h not kept", ["    memory.copy(s.h_last, s.h + row, size);\n", ""]),
  wasm("state c not kept", ["      memory.copy(s.c_last, s.c + row, size);\n", ""]),
  wasm("bias of a linear layer left out", ["gemm(s.y, h, s.bx, 0,", "gemm(s.y, h, 0, 0,"]),
  wasm("biases not made anew", ["if (kind == 1) rnn_bias(s);", "if (kind == 4) rnn_bias(s);"]),
  js("bias of a linear layer left out", ["i[t + word.bx]! >>> 0", "0"]),
  js(
    "gru and lstm exchanged",
    ["kind === 2", "kind === 3"],
    ["else if (kind === 3) kernels.lstm", "else if (kind === 2) kernels.lstm"],
  ),
  stream("every layer fed with the frame", ["      x = output;\n", ""]),
  stream("changed weights not seen", [
    "blocks[i]!.version !== this.#versions[i]",
    "this.#versions[i] === -1",
  ]),
  stream("output of the first layer handed out", [
    "const from = this.#output >>> 2;",
    "const from = this.#work[0]!.address >>> 2;",
  ]),
  stream("only h is loaded", ["Object.entries(piece).map(", "Object.entries({ h: piece.h }).map("]),
  stream("saved states are views", [
    "h: state.h.view.slice(), ...(state.c && { c: state.c.view.slice() })",
    "h: state.h.view, ...(state.c && { c: state.c.view })",
  ]),
  stream("reset leaves c", [
    "if (state) for (const piece of Object.values(state))",
    "if (state) for (const piece of [state.h])",
  ]),
];
