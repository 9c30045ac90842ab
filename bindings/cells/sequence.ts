import type { Kernels } from "../core/kernels.ts";
import type { Parameter } from "../core/parameter.ts";
import { type Frame, inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Schedule } from "./schedule.ts";
import { type SequenceField, sequenceFields } from "./sequence-table.ts";

/** What a built-in cell is to its whole-sequence kernels. */
export interface FusedCell {
  /** Gates of a cell: 4, 3 or 1. */
  readonly gates: number;
  readonly hiddenSize: number;
  /** Which form of the cell: see the kernel. */
  readonly variant: number;
  /** How many tensors the state has: the LSTM's c is the second. */
  readonly states: 1 | 2;
  readonly forward: (k: Kernels, table: number) => void;
  readonly backward: (k: Kernels, table: number) => void;
  readonly weights: {
    readonly weight_ih: Parameter;
    readonly weight_hh: Parameter;
    readonly bias_ih?: Parameter;
    readonly bias_hh?: Parameter;
  };
}

/** What all steps of packed sequences give. */
export interface SequenceResult {
  /** [P, H] */
  readonly outputs: Tensor;
  /** [B, H] each: the state after each sequence's last step. */
  readonly state: readonly Tensor[];
}

type Words = Partial<Record<SequenceField, number>>;

/** Writes words of the table; those not named stay. */
function fill(frame: Frame, table: number, words: Words): void {
  const { i32 } = frame.runtime.heap;
  for (const [name, word] of Object.entries(words))
    i32[(table >>> 2) + sequenceFields.indexOf(name as SequenceField)] = word;
}

/** W or R as an operand, in groups of H padded to whole vectors: forward as x Wᵀ ("nt"), backward as dy W ("nn"). */
function operand(
  frame: Frame,
  weight: Parameter,
  layout: "nt" | "nn",
  h: number,
  hp: number,
  width: number,
): number {
  const k = frame.kernels;
  const [n, size] = weight.shape as [number, number];
  const rows = (n / h) * hp;
  return layout === "nt"
    ? weight.packed("gates nt", k.packed_size(rows, size), (to) =>
        k.pack_nt(to, frame.at(weight), n, size, h, hp),
      )
    : weight.packed("gates nn", k.packed_size(width, rows), (to) =>
        k.pack_nn(to, frame.at(weight), size, n, h, hp, width),
      );
}

/**
 * Runs the whole-sequence kernels of a cell over packed sequences: one call forward, one backward.
 * x [P, I]; initial states [B, H], or nothing for zeros.
 */
export function runSequence(
  cell: FusedCell,
  x: Tensor,
  schedule: Schedule,
  initial: readonly Tensor[] | undefined,
): SequenceResult {
  const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.weights;
  const biases = bias_ih && bias_hh ? [bias_ih, bias_hh] : [];
  const inputs = [x, weight_ih, weight_hh, ...biases, ...(initial ?? [])];
  return inFrame(inputs, (frame) => {
    const k = frame.kernels;
    const { steps, batch, rows } = schedule;
    const [gates, h, i] = [cell.gates, cell.hiddenSize, weight_ih.shape[1]!];
    const hp = (h + 3) & ~3;
    const lstm = cell.states === 2;

    const table = frame.zeros(sequenceFields.length);
    const hidden = frame.floats((batch + rows) * hp);
    const outputs =
      h === hp ? frame.tensor([rows, h], hidden + 4 * batch * hp) : frame.tensor([rows, h]);
    const state = Array.from({ length: cell.states }, () => frame.tensor([batch, h]));
    fill(frame, table, {
      steps,
      batch,
      rows,
      inputSize: i,
      hiddenSize: h,
      variant: cell.variant,
      sizes: frame.words(schedule.sizes),
      x: frame.at(x),
      h0: initial ? frame.at(initial[0]!) : 0,
      c0: initial?.[1] ? frame.at(initial[1]) : 0,
      w: operand(frame, weight_ih, "nt", h, hp, i),
      r: operand(frame, weight_hh, "nt", h, hp, hp),
      bx: bias_ih ? frame.at(bias_ih) : 0,
      br: bias_hh ? frame.at(bias_hh) : 0,
      bias: frame.floats(4 * hp),
      gates: frame.floats(rows * gates * hp),
      h: hidden,
      c: gates === 1 ? 0 : frame.floats((lstm ? batch + rows : rows) * hp),
      tanhC: lstm ? frame.floats(rows * hp) : 0,
      y: h === hp ? 0 : frame.at(outputs),
      last: frame.words(schedule.last),
      hLast: frame.at(state[0]!),
      cLast: lstm ? frame.at(state[1]!) : 0,
    });
    cell.forward(k, table);

    frame.record([outputs, ...state], inputs, () => {
      const dx = frame.gradient(x);
      fill(frame, table, {
        dy: frame.flowed(outputs),
        dhLast: frame.flowed(state[0]!),
        dcLast: lstm ? frame.flowed(state[1]!) : 0,
        wBack: dx ? operand(frame, weight_ih, "nn", h, hp, i) : 0,
        rBack: operand(frame, weight_hh, "nn", h, hp, hp),
        dx,
        dw: frame.gradient(weight_ih),
        dr: frame.gradient(weight_hh),
        dbx: bias_ih ? frame.gradient(bias_ih) : 0,
        dbr: bias_hh ? frame.gradient(bias_hh) : 0,
        dh0: initial ? frame.gradient(initial[0]!) : 0,
        dc0: initial?.[1] ? frame.gradient(initial[1]) : 0,
        scratch: frame.floats(k.sequence_scratch(table)),
      });
      cell.backward(k, table);
    });
    return { outputs, state };
  });
}
