import type { Heap } from "../core/heap.ts";
import type { Kernels } from "../core/kernels.ts";
import type { Parameter } from "../core/parameter.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Part, Schedule } from "./schedule.ts";
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

const places = /* @__PURE__ */ Object.fromEntries(
  sequenceFields.map((name, i) => [name, i]),
) as Record<SequenceField, number>;

/** Writes words of the table at an address; those not named stay. */
export function fillTable({ i32 }: Heap, table: number, words: Words): void {
  for (const name in words) {
    const field = name as SequenceField;
    i32[(table >>> 2) + places[field]] = words[field]!;
  }
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
 *
 * Where the schedule asks for checkpoints, a call each way for each part of it: only the states between parts are kept, and
 * backward runs a part's forward pass again before its own. Weights' gradients sum over time downwards, so they have the
 * same bits either way.
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
    const { heap } = frame.runtime;
    const { batch, rows, parts } = schedule;
    const most = parts.reduce((n, part) => Math.max(n, part.rows), 0); // rows of the largest part
    const { gates, states, forward, backward } = kinds[cell.kind];
    const [h, i] = [cell.hiddenSize, weight_ih.shape[1]!];
    const hp = (h + 3) & ~3;
    const lstm = states === 2;

    const hidden = frame.floats((batch + most) * hp);
    const inPlace = parts.length === 1 && h === hp; // the kernel's h is the output as it stands
    const outputs = frame.tensor(
      [rows, h],
      inPlace ? hidden + 4 * batch * hp : frame.floats(rows * h),
    );
    const state = Array.from({ length: states }, () => frame.tensor([batch, h]));
    const [from, sizes] = [frame.at(x), frame.words(schedule.sizes)];
    const lasts = parts.map((part) => frame.words(part.last));
    // The state before each part and after the last, one list for h and one for the LSTM's c.
    const between = state.map((s, which) => [
      initial ? frame.at(initial[which]!) : 0,
      ...parts.slice(1).map(() => frame.floats(batch * h)),
      frame.at(s),
    ]);

    const table = frame.zeros(sequenceFields.length);
    fillTable(heap, table, {
      batch,
      inputSize: i,
      hiddenSize: h,
      variant: cell.variant,
      w: packGates(weight_ih, "nt", h, i),
      r: packGates(weight_hh, "nt", h, hp),
      bx: bias_ih ? frame.at(bias_ih) : 0,
      br: bias_hh ? frame.at(bias_hh) : 0,
      bias: frame.floats(4 * hp),
      gates: frame.floats(most * gates * hp),
      h: hidden,
      c: gates === 1 ? 0 : frame.floats((lstm ? batch + most : most) * hp),
      tanhC: lstm ? frame.floats(most * hp) : 0,
    });
    const runForward = (part: Part, n: number): void => {
      fillTable(heap, table, {
        steps: part.steps,
        rows: part.rows,
        sizes: sizes + 4 * part.firstStep,
        x: from + 4 * part.firstRow * i,
        y: inPlace ? 0 : frame.at(outputs) + 4 * part.firstRow * h,
        last: lasts[n]!,
        h0: between[0]![n]!,
        c0: between[1]?.[n] ?? 0,
        hLast: between[0]![n + 1]!,
        cLast: between[1]?.[n + 1] ?? 0,
      });
      forward(k, table);
    };
    parts.forEach(runForward);

    frame.record([outputs, ...state], inputs, () => {
      const [dx, dy] = [frame.gradient(x), frame.flowed(outputs)];
      // The gradients of the state after each part, which its backward pass takes, and before it, which it gives.
      const flow = state.map((s, which) => [
        initial ? frame.gradient(initial[which]!) : 0,
        ...parts.slice(1).map(() => frame.zeros(batch * h)),
        frame.flowed(s),
      ]);
      fillTable(heap, table, {
        rows: most,
        wBack: dx ? packGates(weight_ih, "nn", h, i) : 0,
        rBack: packGates(weight_hh, "nn", h, hp),
        dw: frame.gradient(weight_ih),
        dr: frame.gradient(weight_hh),
        dbx: bias_ih ? frame.gradient(bias_ih) : 0,
        dbr: bias_hh ? frame.gradient(bias_hh) : 0,
      });
      fillTable(heap, table, { scratch: frame.floats(k.sequence_scratch(table)) });
      for (let n = parts.length - 1; n >= 0; n--) {
        const part = parts[n]!;
        const kept = n === parts.length - 1; // what forward computed last is still there
        if (!kept) runForward(part, n);
        fillTable(heap, table, {
          rows: part.rows,
          dy: dy && dy + 4 * part.firstRow * h,
          dx: dx && dx + 4 * part.firstRow * i,
          dhLast: flow[0]![n + 1]!,
          dcLast: flow[1]?.[n + 1] ?? 0,
          dh0: flow[0]![n]!,
          dc0: flow[1]?.[n] ?? 0,
        });
        backward(k, table);
      }
    });
    return { outputs, state };
  });
}
