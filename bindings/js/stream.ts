import type { Kernels } from "../core/kernels.ts";
import type { GemmKernels } from "./gemm.ts";
import type { GRUKernels } from "./gru.ts";
import type { Heap } from "./heap.ts";
import type { LSTMKernels } from "./lstm.ts";
import type { RNNKernels } from "./rnn.ts";
import { word } from "./sequence.ts";

export type StreamKernels = Pick<Kernels, "stream_refresh" | "stream_step">;

/** Single steps of a whole stack: sequences of one step. The program is explained in assembly/cells/stream.ts. */
export const streamKernels = (
  heap: Heap,
  kernels: GemmKernels & RNNKernels & GRUKernels & LSTMKernels,
): StreamKernels => ({
  stream_refresh() {}, // a sequence puts its biases together itself

  stream_step(program, layers) {
    const i = heap.i32;
    for (let at = program >>> 2; layers > 0; layers--, at += 2) {
      const kind = i[at]!;
      const s = i[at + 1]! >>> 0;
      if (kind === 1) kernels.rnn_sequence_forward(s);
      else if (kind === 2) kernels.gru_sequence_forward(s);
      else if (kind === 3) kernels.lstm_sequence_forward(s);
      else {
        const t = s >>> 2;
        const n = i[t + word.hiddenSize]!;
        const k = i[t + word.inputSize]!;
        const y = i[t + word.y]! >>> 0;
        const x = i[t + word.x]! >>> 0;
        kernels.gemm(y, n, i[t + word.bx]! >>> 0, 0, x, k, i[t + word.w]! >>> 0, 1, n, k);
      }
    }
  },
});
