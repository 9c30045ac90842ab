import type { Heap } from "../core/heap.ts";
import type { Kernels } from "../core/kernels.ts";
import type { Parameter } from "../core/parameter.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Schedule } from "./schedule.ts";
import { type SequenceField, sequenceFields } from "./sequence-table.ts";

/** The kinds of built-in cells: how many gates each has, how many tensors its state, and its kernels. */
export const kinds = {
  rnn: {
    gates: 1,
    states: 1,
    forward: (k: Kernels, table: number): void => k.rnn_sequence_forward(table),
    backward: (k: Kernels, table: number): void => k.rnn_sequence_backward(table),
  },
  gru: {
    gates: 3,
    states: 1,
    forward: (k: Kernels, table: number): void => k.gru_sequence_forward(table),
    backward: (k: Kernels, table: number): void => k.gru_sequence_backward(table),
  },
  lstm: {
    gates: 4,
    states: 2,
    forward: (k: Kernels, table: number): void => k.lstm_sequence_forward(table),
    backward: (k: Kernels, table: number): void => k.lstm_sequence_backward(table),
  },
} as const;

/** What a built-in cell is to its whole-sequence kernels. */
export interface FusedCell {
  readonly kind: keyof typeof kinds;
  /** Which form of the cell: see the kernel. */
  readonly variant: number;
  readonly hiddenSize: number;
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

/** Words of the table by name. */
export type Words = Partial<Record<SequenceField, number>>;

/** Writes words of the table at an address; those not named stay. */
export function fillTable({ i32 }: Heap, table: number, words: Words): void {
  for (const [name, word] of Object.entries(words))
    i32[(table >>> 2) + sequenceFields.indexOf(name as SequenceField)] = word;
}

/** W or R as an operand, in groups of H padded to whole vectors: forward as x Wᵀ ("nt"), backward as dy W ("nn"). */
export function packGates(
  weight: Parameter,
  layout: "nt" | "nn",
  h: number,
  width: number,
): number {
  const k = weight.home.kernels;
  const hp = (h + 3) & ~3;
  const [n, size] = weight.shape as [number, number];
  const rows = (n / h) * hp;
  return layout === "nt"
    ? weight.packed("gates nt", k.packed_size(rows, size), (to) =>
        k.pack_nt(to, weight.address, n, size, h, hp),
      )
    : weight.packed("gates nn", k.packed_size(width, rows), (to) =>
        k.pack_nn(to, weight.address, size, n, h, hp, width),
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
    const { gates, states, forward, backward } = kinds[cell.kind];
    const [h, i] = [cell.hiddenSize, weight_ih.shape[1]!];
    const hp = (h + 3) & ~3;
    const lstm = states === 2;

    const table = frame.zeros(sequenceFields.length);
    const hidden = frame.floats((batch + rows) * hp);
    const outputs =
      h === hp ? frame.tensor([rows, h], hidden + 4 * batch * hp) : frame.tensor([rows, h]);
    const state = Array.from({ length: states }, () => frame.tensor([batch, h]));
    fillTable(frame.runtime.heap, table, {
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
      w: packGates(weight_ih, "nt", h, i),
      r: packGates(weight_hh, "nt", h, hp),
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
    forward(k, table);

    frame.record([outputs, ...state], inputs, () => {
      const dx = frame.gradient(x);
      fillTable(frame.runtime.heap, table, {
        dy: frame.flowed(outputs),
        dhLast: frame.flowed(state[0]!),
        dcLast: lstm ? frame.flowed(state[1]!) : 0,
        wBack: dx ? packGates(weight_ih, "nn", h, i) : 0,
        rBack: packGates(weight_hh, "nn", h, hp),
        dx,
        dw: frame.gradient(weight_ih),
        dr: frame.gradient(weight_hh),
        dbx: bias_ih ? frame.gradient(bias_ih) : 0,
        dbr: bias_hh ? frame.gradient(bias_hh) : 0,
        dh0: initial ? frame.gradient(initial[0]!) : 0,
        dc0: initial?.[1] ? frame.gradient(initial[1]) : 0,
        scratch: frame.floats(k.sequence_scratch(table)),
      });
      backward(k, table);
    });
    return { outputs, state };
  });
}
