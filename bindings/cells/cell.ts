import { checkShape, checkSize, kindError, valueError } from "../core/check.ts";
import { zeros } from "../core/create.ts";
import { Module } from "../core/module.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, Tensor } from "../core/tensor.ts";
import { mapTensors } from "../core/tree.ts";
import { gatherRows } from "../ops/rows.ts";
import { concat, slice } from "../ops/shape.ts";
import type { Schedule } from "./schedule.ts";

/** The size of each tensor of a state: a number, or numbers nested as the state is. */
export type SizeOf<S> = S extends Tensor ? number : { [K in keyof S]: SizeOf<S[K]> };

/** What unrolling over packed rows gives: an output for each row, and each sequence's last state. */
export interface Unrolled<S> {
  /** [P, outputSize] */
  readonly outputs: Tensor;
  readonly state: S;
}

/**
 * One step of a recurrent network. A cell of one's own defines `stateSize`, `outputSize` and `call`, in operations; it then
 * unrolls, stacks and trains like the built-in ones.
 */
export abstract class Cell<S = Tensor> extends Module {
  /** Features of an input. */
  readonly inputSize: number;
  /** The size of each tensor of the state. */
  abstract readonly stateSize: SizeOf<S>;
  /** Features of an output. */
  abstract readonly outputSize: number;

  /** @internal What messages call this cell. Built-in ones say it themselves: minifiers change the names of classes. */
  protected get label(): string {
    return this.constructor.name || "Cell";
  }

  constructor(inputSize: number) {
    super();
    this.inputSize = checkSize(this.label, "inputSize", inputSize);
  }

  /** One step: x [batch, inputSize] and a state in, the output [batch, outputSize] and the next state out. */
  abstract call(x: Tensor, state: S): [output: Tensor, state: S];

  /** A state of zeros for so many sequences. */
  zeroState(batch: number): S {
    checkSize(`${this.label}.zeroState`, "batch", batch);
    const build = (size: unknown): unknown => {
      if (typeof size === "number") return zeros([batch, size]);
      if (typeof size !== "object" || size === null)
        throw kindError(
          this.label,
          "stateSize to be a number, or numbers in arrays or objects",
          size,
        );
      if (Array.isArray(size)) return size.map(build);
      return Object.fromEntries(Object.entries(size as object).map(([k, v]) => [k, build(v)]));
    };
    return build(this.stateSize) as S;
  }

  /** @internal Makes sure that a state fits, with `batch` rows in each tensor. */
  checkState(where: string, state: unknown, batch: number): void {
    checkStateAgainst(where, "state", state, this.stateSize, batch);
  }

  /** @internal Makes sure that the arguments of `call` fit. */
  protected checkCall(x: unknown, state: unknown): void {
    const where = `${this.label}.call`;
    const { shape } = checkTensor(where, "x", x);
    const batch = shape.length === 2 ? shape[0]! : "batch";
    checkShape(where, "x", shape, [batch, this.inputSize]);
    this.checkState(where, state, shape[0]!);
  }

  /** @internal `call`, and what it returns must fit: in a cell of the user's own a later step would fail far from the cause. */
  checkedCall(x: Tensor, state: S): [output: Tensor, state: S] {
    const where = `${this.label}.call`;
    const step: unknown = this.call(x, state);
    if (!Array.isArray(step) || step.length !== 2)
      throw kindError(where, "to return [output, state]", step);
    const [output, next] = step as [Tensor, S];
    const { shape } = checkTensor(where, "its output", output);
    checkShape(where, "an output", shape, [x.shape[0]!, this.outputSize]);
    this.checkState(where, next, x.shape[0]!);
    return [output, next];
  }

  /** @internal Whether `unroll` goes step by step, so that it cannot compute parts of a sequence anew. */
  get stepwise(): boolean {
    return true;
  }

  /**
   * @internal All steps of packed sequences, x [P, inputSize]. This one calls the cell step by step with the rows that are
   * still going; a built-in cell has a kernel for the whole sequence.
   */
  unroll(x: Tensor, schedule: Schedule, initial: S | undefined): Unrolled<S> {
    return unrollSteps(this, schedule, initial, (start, rows, state) =>
      this.checkedCall(slice(x, [start, 0], [rows, -1]), state),
    );
  }
}

/** Makes sure that something is a cell. */
export function checkCell(where: string, name: string, cell: unknown): void {
  if (!(cell instanceof Cell)) throw kindError(where, `${name} to be a cell`, cell);
}

/**
 * The steps of packed sequences one by one: `step` is given where a step's rows begin, how many are still going and their
 * state.
 */
export function unrollSteps<S>(
  cell: Cell<S>,
  schedule: Schedule,
  initial: S | undefined,
  step: (start: number, rows: number, state: S) => [output: Tensor, state: S],
): Unrolled<S> {
  let state = initial ?? cell.zeroState(schedule.batch);
  const outputs: Tensor[] = [];
  const ended: S[] = []; // rows whose sequence is over, the shortest first
  let active = schedule.batch;
  const narrow = (rows: number): void => {
    if (rows === active) return;
    const all = state;
    ended.push(mapTensors(all, (s) => slice(s, [rows, 0], [active - rows, -1])));
    state = mapTensors(all, (s) => slice(s, [0, 0], [rows, -1]));
    active = rows;
  };
  let start = 0;
  for (const rows of schedule.sizes) {
    narrow(rows);
    const [output, next] = step(start, rows, state);
    outputs.push(output);
    state = next;
    start += rows;
  }
  if (outputs.length === 0) outputs.push(new Tensor([0, cell.outputSize], new Float32Array(0)));
  return { outputs: concat(outputs, 0), state: joinStates([state, ...ended.reverse()]) };
}

/** States of different sequences put together, one behind the other. */
function joinStates<S>(parts: readonly S[]): S {
  const [first] = parts as readonly [S, ...S[]];
  if (parts.length === 1) return first;
  if (first instanceof Tensor) return concat(parts as unknown as readonly Tensor[], 0) as S;
  const names = Object.keys(first as object) as (keyof S)[];
  const joined = names.map((name) => [name, joinStates(parts.map((s) => s[name]))] as const);
  return (Array.isArray(first) ? joined.map(([, s]) => s) : Object.fromEntries(joined)) as S;
}

function checkStateAgainst(
  where: string,
  name: string,
  state: unknown,
  size: unknown,
  batch: number,
): void {
  if (typeof size === "number") {
    checkShape(where, name, checkTensor(where, name, state).shape, [batch, size]);
    return;
  }
  if (typeof state !== "object" || state === null || state instanceof Tensor) {
    const form = Array.isArray(size)
      ? `an array of ${size.length}`
      : `{ ${Object.keys(size as object).join(", ")} }`;
    throw kindError(where, `${name} to be ${form}`, state);
  }
  if (Array.isArray(size) && (!Array.isArray(state) || state.length !== size.length))
    throw valueError(
      where,
      `${name} to be an array of ${size.length}`,
      Array.isArray(state) ? `${state.length}` : "an object",
    );
  for (const [key, inner] of Object.entries(size as object))
    checkStateAgainst(
      where,
      Array.isArray(size) ? `${name}[${key}]` : `${name}.${key}`,
      (state as Record<string, unknown>)[key],
      inner,
      batch,
    );
}

/** A state with its rows in another order. */
export const reorderState = <S>(state: S, order: Int32Array): S =>
  mapTensors(state, (s) => inFrame([s], () => gatherRows(s, order)));
