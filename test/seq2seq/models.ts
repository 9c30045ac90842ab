import { Embedding, GRUCell, Linear, Tensor } from "gatewise";
import type { Step } from "gatewise/seq2seq";

export const END = 0;

/** After token t comes `next[t]`, almost surely; the first token that the steps see has a place in it. */
export const chain =
  (next: readonly number[]): Step<undefined> =>
  (tokens, state) => {
    const size = next.length;
    const logits = new Float32Array(tokens.length * size);
    tokens.forEach((token, row) => {
      logits[row * size + next[token]!] = 5;
    });
    return { logits: new Tensor([tokens.length, size], logits), state };
  };

/** A small network without training: what it says next hangs on all that was before. */
export function recurrentStep(
  vocabulary: number,
  size: number,
  seed: number,
): { step: Step<Tensor>; cell: GRUCell } {
  const embedding = new Embedding(vocabulary, size, { seed });
  const cell = new GRUCell(size, size, { seed: seed + 1 });
  const head = new Linear(size, vocabulary, { seed: seed + 2 });
  head.weight.assign(head.weight.data.map((w) => 4 * w)); // so that it is of a mind
  const step: Step<Tensor> = (tokens, state) => {
    const [output, next] = cell.call(embedding.forward(tokens), state);
    return { logits: head.forward(output), state: next };
  };
  return { step, cell };
}
