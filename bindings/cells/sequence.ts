import { type Heap, wholeVectors } from "../core/heap.ts";
import type { Parameter } from "../core/parameter.ts";
import { type Frame, inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Part, Schedule } from "./schedule.ts";
import { type SequenceField, sequenceFields } from "./sequence-table.ts";

/** The kinds of built-in cells: how many gates each has and how many tensors its state. */
export const kinds = {
  rnn: { gates: 1, states: 1 },
  gru: { gates: 3, states: 1 },
  lstm: { gates: 4, states: 2 },
} as const;

/** Operations of a pass from which on threads gain more than it costs to wake them and wait for them. */
const worthSharing = 1e7;

/** What a built-in cell is to its whole-sequence kernels. */
export interface FusedCell {
  readonly kind: keyof typeof kinds;
  /** Which form of the cell: see the kernel. */
  readonly variant: number;
  readonly hiddenSize: number;
  /** LSTM: what is added to the forget gate beside its biases. */
  readonly forgetBias?: number;
  readonly weights: {
    readonly weight_ih: Parameter;
    readonly weight_hh: Parameter;
    readonly bias_ih?: Parameter;
    readonly bias_hh?: Parameter;
  };
}

/** Words of the table by name. */
export type Words = Partial<Record<SequenceField, number>>;

const places = /* @__PURE__ */ Object.fromEntries(
  sequenceFields.map((name, i) => [name, i]),
) as Record<SequenceField, number>;

/** A float32 as the word that it is stored in. */
export const floatWord = (value: number): number =>
  new Int32Array(Float32Array.of(value).buffer)[0]!;

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
  const hp = wholeVectors(h);
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
 * The whole-sequence kernels of a cell at work on packed sequences: their table, the memory that it points at, and the states
 * between the parts of the schedule.
 */
class SequenceRun {
  readonly outputs: Tensor;
  readonly state: readonly Tensor[];
  readonly #cell: FusedCell;
  readonly #frame: Frame;
  readonly #x: Tensor;
  /** Which row of x each row of the sequence is; undefined where x is those rows themselves. */
  readonly #index: number | undefined;
  readonly #initial: readonly Tensor[] | undefined;
  readonly #parts: readonly Part[];
  readonly #table: number;
  readonly #batch: number;
  /** Of the largest part's forward pass. */
  readonly #operations: number;
  /** The kernel's h is the output as it stands. */
  readonly #inPlace: boolean;
  readonly #sizes: number;
  readonly #lasts: readonly number[];
  /** Addresses of the state before each part and after the last, one list for h and one for the LSTM's c. */
  readonly #between: readonly (readonly number[])[];

  constructor(
    cell: FusedCell,
    frame: Frame,
    x: Tensor,
    schedule: Schedule,
    initial: readonly Tensor[] | undefined,
    index: Int32Array | undefined,
  ) {
    const { batch, rows, parts } = schedule;
    const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.weights;
    const { gates, states } = kinds[cell.kind];
    const h = cell.hiddenSize;
    const hp = wholeVectors(h);
    const most = parts.reduce((n, part) => Math.max(n, part.rows), 0); // rows of the largest part
    this.#cell = cell;
    this.#frame = frame;
    this.#x = x;
    this.#index = index && frame.words(index);
    this.#initial = initial;
    this.#parts = parts;
    this.#batch = batch;
    this.#operations = 2 * most * gates * h * (h + weight_ih.shape[1]!);
    this.#inPlace = parts.length === 1 && h === hp;
    const hidden = frame.floats((batch + most) * hp);
    const output = this.#inPlace ? hidden + 4 * batch * hp : frame.floats(rows * h);
    this.outputs = frame.tensor([rows, h], output);
    this.state = Array.from({ length: states }, () => frame.tensor([batch, h]));
    this.#sizes = frame.words(schedule.sizes);
    this.#lasts = parts.map((part) => frame.words(part.last));
    this.#between = this.state.map((s, which) => [
      initial ? frame.at(initial[which]!) : 0,
      ...parts.slice(1).map(() => frame.floats(batch * h)),
      frame.at(s),
    ]);
    this.#table = frame.zeros(sequenceFields.length);
    this.#fill({
      batch,
      rows: most,
      inputSize: weight_ih.shape[1]!,
      hiddenSize: h,
      variant: cell.variant,
      forgetBias: floatWord(cell.forgetBias ?? 0),
      parts: frame.runtime.pool?.threads ?? 1,
      w: packGates(weight_ih, "nt", h, hp),
      r: packGates(weight_hh, "nt", h, hp),
      bx: bias_ih ? frame.at(bias_ih) : 0,
      br: bias_hh ? frame.at(bias_hh) : 0,
      bias: frame.floats(4 * hp),
      gates: frame.floats(most * gates * hp),
      h: hidden,
      c: gates === 1 ? 0 : frame.floats((states === 2 ? batch + most : most) * hp),
      tanhC: states === 2 ? frame.floats(most * hp) : 0,
    });
    if (!index) return;
    const entries = x.shape[0]!;
    this.#fill({ entries, projected: frame.floats(entries * gates * hp) });
  }

  #fill(words: Words): void {
    fillTable(this.#frame.runtime.heap, this.#table, words);
  }

  /** Runs a pass over the part that the table is set to: on all threads where that pays. */
  #call(direction: "forward" | "backward"): void {
    const { kernels, pool } = this.#frame.runtime;
    const { kind } = this.#cell;
    if (pool?.usable && this.#operations >= worthSharing && this.#batch >= 4 * pool.threads)
      pool.run(`_${kind}_${direction}_stage`, this.#table, this.#operations);
    else kernels[`${kind}_sequence_${direction}`](this.#table);
  }

  /** Where what goes in begins with a row of the sequence: numbers of entries, or x itself. */
  #inputsFrom(row: number): Words {
    const x = this.#frame.at(this.#x);
    return this.#index === undefined
      ? { x: x + 4 * row * this.#x.shape[1]! }
      : { x, index: this.#index + 4 * row };
  }

  /** The forward pass of part n. */
  #forward(n: number): void {
    const { firstStep, steps, firstRow, rows } = this.#parts[n]!;
    const [h, c] = this.#between;
    this.#fill({
      steps,
      rows,
      sizes: this.#sizes + 4 * firstStep,
      ...this.#inputsFrom(firstRow),
      y: this.#inPlace ? 0 : this.#frame.at(this.outputs) + 4 * firstRow * this.#cell.hiddenSize,
      last: this.#lasts[n]!,
      h0: h![n]!,
      c0: c?.[n] ?? 0,
      hLast: h![n + 1]!,
      cLast: c?.[n + 1] ?? 0,
    });
    this.#call("forward");
  }

  forward(): void {
    this.#parts.forEach((_, n) => {
      this.#forward(n);
    });
  }

  /** The backward pass, last part first. What is not there any more is computed again. */
  backward(): void {
    const frame = this.#frame;
    const { weight_ih, weight_hh, bias_ih, bias_hh } = this.#cell.weights;
    const h = this.#cell.hiddenSize;
    const i = this.#x.shape[1]!;
    const [dx, dy] = [frame.gradient(this.#x), frame.flowed(this.outputs)];
    // Gradients of the state after each part, which its backward pass takes, and before it, which it gives.
    const [dh, dc] = this.state.map((s, which) => [
      this.#initial ? frame.gradient(this.#initial[which]!) : 0,
      ...this.#parts.slice(1).map(() => frame.zeros(s.size)),
      frame.flowed(s),
    ]);
    this.#fill({
      rows: this.#parts.reduce((n, part) => Math.max(n, part.rows), 0),
      wBack: dx ? packGates(weight_ih, "nn", h, i) : 0,
      rBack: packGates(weight_hh, "nn", h, wholeVectors(h)),
      dw: frame.gradient(weight_ih),
      dr: frame.gradient(weight_hh),
      dbx: bias_ih ? frame.gradient(bias_ih) : 0,
      dbr: bias_hh ? frame.gradient(bias_hh) : 0,
    });
    this.#fill({ scratch: frame.floats(frame.kernels.sequence_scratch(this.#table)) });
    for (let n = this.#parts.length - 1; n >= 0; n--) {
      const { firstRow, rows } = this.#parts[n]!;
      if (n < this.#parts.length - 1) this.#forward(n); // the last part is still there
      this.#fill({
        rows,
        dy: dy && dy + 4 * firstRow * h,
        dx: dx && this.#index === undefined ? dx + 4 * firstRow * i : dx,
        dhLast: dh![n + 1]!,
        dcLast: dc?.[n + 1] ?? 0,
        dh0: dh![n]!,
        dc0: dc?.[n] ?? 0,
      });
      this.#call("backward");
    }
  }
}

/**
 * Runs the whole-sequence kernels of a cell over packed sequences: one call forward, one backward.
 * x [P, I], or with an index [P] a table [V, I] of which row index[r] goes in at r; initial states [B, H], or nothing for zeros.
 *
 * Where the schedule is in parts (checkpointEvery) it is a call each way for each of them: only the states between parts are
 * kept, and backward runs a part's forward pass again before its own. The gradients of weights sum over time downwards, so
 * they have the same bits either way.
 */
export function runSequence(
  cell: FusedCell,
  x: Tensor,
  schedule: Schedule,
  initial: readonly Tensor[] | undefined,
  index?: Int32Array,
): { readonly outputs: Tensor; readonly state: readonly Tensor[] } {
  const inputs = [x, ...Object.values(cell.weights), ...(initial ?? [])];
  return inFrame(inputs, (frame) => {
    const run = new SequenceRun(cell, frame, x, schedule, initial, index);
    run.forward();
    frame.record([run.outputs, ...run.state], inputs, () => run.backward());
    return { outputs: run.outputs, state: run.state };
  });
}
