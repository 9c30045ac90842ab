import { checkFlag, checkOptions } from "../core/check.ts";
import { type Draw, Streams } from "../core/random.ts";
import { inFrame, openTape } from "../core/scope.ts";
import type { Tape } from "../core/tape.ts";
import { Tensor } from "../core/tensor.ts";
import { checkRate, drop } from "../ops/dropout.ts";
import { slice } from "../ops/shape.ts";
import { Cell, checkCell, type SizeOf, type Unrolled, unrollSteps } from "./cell.ts";
import type { Schedule } from "./schedule.ts";

/** What a cell's dropout can be given. Rates are shares that are dropped: TensorFlow 1's keep_prob is 1 - rate. */
export interface DropoutWrapperOptions {
  /** Of the inputs. Default 0. */
  readonly inputDropout?: number | undefined;
  /** Of the state after each step, but not of an LSTM's c. Default 0. */
  readonly stateDropout?: number | undefined;
  /** Of the outputs. Default 0. */
  readonly outputDropout?: number | undefined;
  /** Whether all steps of a training step drop the same for a sequence, rather than each for itself. Default false. */
  readonly variational?: boolean | undefined;
  /** For the masks: the same seed gives the same run. */
  readonly seed?: number | undefined;
}

/** What a mask is for; the tensors of a state count on from the last of these. */
const INPUT = 0;
const OUTPUT = 1;
const STATE = 2;

/**
 * A cell with dropout around it, as TensorFlow 1's DropoutWrapper: on its input, on the state that it hands to the next step
 * (an LSTM's h, not its c) and on its output. It acts only in training mode and inside a function that is being
 * differentiated; elsewhere the cell is as it was.
 *
 * That holds in `layers.rnn`, too: `apply(x, { training: true })` by itself drops nothing, and `eval()` turns the cell's dropout off in `fit`.
 *
 * `variational` (Gal & Ghahramani 2016, arXiv:1512.05287) draws one mask for each sequence and keeps it through all steps;
 * in TensorFlow 1 all sequences of a batch share it. Dropout of inputs and outputs leaves a built-in cell its kernel for whole
 * sequences; dropout of the state goes step by step. Parameters: the cell's, under `cell.`
 */
export class DropoutWrapper<S> extends Cell<S> {
  /** The cell inside. */
  readonly cell: Cell<S>;
  /** That of the cell. */
  readonly stateSize: SizeOf<S>;
  /** That of the cell. */
  readonly outputSize: number;
  /** The share of the inputs that is dropped. */
  readonly inputDropout: number;
  /** The share of the state that is dropped. */
  readonly stateDropout: number;
  /** The share of the outputs that is dropped. */
  readonly outputDropout: number;
  /** Whether all steps drop the same. */
  readonly variational: boolean;
  /** @internal Where its masks come from. */
  readonly streams: Streams;
  /** The draws of a training step, by what they are for. */
  readonly #drawn = new WeakMap<Tape, Draw[]>();

  /** Throws a RangeError for a rate that is not at least 0 and below 1. */
  constructor(cell: Cell<S>, options?: DropoutWrapperOptions) {
    const where = "DropoutWrapper";
    checkCell(where, "cell", cell);
    super(cell.inputSize);
    const rates = ["inputDropout", "stateDropout", "outputDropout"] as const;
    const checked = checkOptions(where, options, [...rates, "variational", "seed"]);
    const [inputs, states, outputs] = rates.map((name) =>
      checkRate(where, name, checked[name] ?? 0),
    );
    const { variational = false, seed } = checked;
    checkFlag(where, "variational", variational);
    this.cell = cell;
    this.stateSize = cell.stateSize;
    this.outputSize = cell.outputSize;
    this.inputDropout = inputs!;
    this.stateDropout = states!;
    this.outputDropout = outputs!;
    this.variational = variational;
    this.streams = new Streams(where, seed);
  }

  /** @internal */
  protected override get label(): string {
    return "DropoutWrapper";
  }

  /** The tape that makes dropout act, if it does. */
  get #tape(): Tape | undefined {
    return this.training ? openTape() : undefined;
  }

  /** What a mask is drawn from: for each use another stream, or for each training step. */
  #draw(tape: Tape, use: number): Draw {
    if (!this.variational) return this.streams.next();
    const known = this.#drawn.get(tape) ?? [];
    this.#drawn.set(tape, known);
    known[use] ??= this.streams.next();
    return known[use];
  }

  /** Rows of one step, or those of all steps packed, which in each step of the schedule begin with the same sequence. */
  #dropRows(x: Tensor, rate: number, tape: Tape, use: number, schedule?: Schedule): Tensor {
    if (rate === 0) return x;
    const width = x.shape[1]!;
    const together = this.variational ? schedule?.sizes.map((rows) => rows * width) : undefined;
    return drop(x, rate, this.#draw(tape, use), together);
  }

  #dropState(state: S, tape: Tape): S {
    let use = STATE;
    return mapHidden(state, (h) => this.#dropRows(h, this.stateDropout, tape, use++)) as S;
  }

  /** x [batch, inputSize] and the cell's state in, its output and next state out. */
  call(x: Tensor, state: S): [output: Tensor, state: S] {
    const tape = this.#tape;
    if (!tape) return this.cell.call(x, state);
    this.checkCall(x, state);
    return inFrame([this], () => {
      const input = this.#dropRows(x, this.inputDropout, tape, INPUT);
      const [output, next] = this.cell.call(input, state);
      const dropped = this.#dropState(next, tape);
      return [this.#dropRows(output, this.outputDropout, tape, OUTPUT), dropped];
    });
  }

  /** @internal */
  override get stepwise(): boolean {
    return this.cell.stepwise || (this.stateDropout > 0 && this.#tape !== undefined);
  }

  /** @internal All steps at once where the state is left alone. */
  override unroll(x: Tensor, schedule: Schedule, initial: S | undefined): Unrolled<S> {
    const { cell } = this;
    const tape = this.#tape;
    if (!tape) return cell.unroll(x, schedule, initial);
    const inputs = this.#dropRows(x, this.inputDropout, tape, INPUT, schedule);
    const { outputs, state } =
      this.stateDropout === 0
        ? cell.unroll(inputs, schedule, initial)
        : unrollSteps(cell, schedule, initial, (start, rows, before) => {
            const [output, next] = cell.checkedCall(slice(inputs, [start, 0], [rows, -1]), before);
            return [output, this.#dropState(next, tape)];
          });
    return { outputs: this.#dropRows(outputs, this.outputDropout, tape, OUTPUT, schedule), state };
  }
}

/** A state with its tensors replaced, but for the c beside an h: what an LSTM remembers. */
function mapHidden(state: unknown, f: (h: Tensor) => Tensor): unknown {
  if (state instanceof Tensor) return f(state);
  if (Array.isArray(state)) return state.map((part) => mapHidden(part, f));
  const parts = Object.entries(state as object);
  const remembers = (name: string): boolean => name === "c" && "h" in (state as object);
  return Object.fromEntries(
    parts.map(([name, part]) => [name, remembers(name) ? part : mapHidden(part, f)]),
  );
}
