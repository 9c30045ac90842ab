import type { Cell, Unrolled } from "../cells/cell.ts";
import { checkFlag, checkOptions, valueError } from "../core/check.ts";
import { detach } from "../core/detach.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { forEachTensor } from "../core/tree.ts";
import { reshape, slice } from "../ops/shape.ts";
import { Packed } from "../unroll.ts";
import { cellWeights } from "./cell-weights.ts";
import {
  type Applied,
  type ApplyOptions,
  applied,
  applyOptionNames,
  type BatchShape,
  type Flow,
  formatBatchShape,
  Layer,
  type LayerOptions,
  layerOptionNames,
  type Run,
} from "./layer.ts";
import type { Mask } from "./mask.ts";
import { countedSteps, gatherOrZeros, heldRows, lastHeld, ownRows, turnPlaces } from "./steps.ts";
import type { KerasWeight } from "./weights.ts";

/** What every recurrent layer can be given. */
export interface RecurrentLayerOptions extends LayerOptions {
  /** Whether there is an output for every step rather than the last one. Default false. */
  readonly returnSequences?: boolean | undefined;
  /** Whether the last state comes out, too. Default false. */
  readonly returnState?: boolean | undefined;
  /** Whether sequences are run from their end; outputs come in the order of running, the mask as it was. Default false. */
  readonly goBackwards?: boolean | undefined;
  /** Whether each batch goes on from the state that the one before ended in, until `resetStates`. Default false. */
  readonly stateful?: boolean | undefined;
  /** Taken for the sake of other libraries; it changes nothing here. */
  readonly unroll?: boolean | undefined;
}

/** @internal */
export const recurrentLayerOptionNames = [
  ...layerOptionNames,
  "returnSequences",
  "returnState",
  "goBackwards",
  "stateful",
  "unroll",
] as const;

/** What one call of a recurrent layer outside a model can be given. */
export interface ApplyRecurrentOptions<S> extends ApplyOptions {
  /** The state before the first step; zeros, or the state that was kept, without it. */
  readonly initialState?: S | undefined;
}

/** @internal */
export const applyRecurrentOptionNames = [...applyOptionNames, "initialState"] as const;

/** @internal What a recurrent layer makes of a batch. */
export interface Sequences<S> {
  /** [batch, time, n], or [batch, n] of the last step. */
  readonly output: Tensor;
  readonly state: S;
}

/** @internal How the outputs of a sequence are laid out. */
export interface Layout {
  /** In the order opposite to the usual one: what a bidirectional layer wants of its backward half. */
  readonly turned?: boolean;
  /** Zeros at steps that do not count, rather than the output before. */
  readonly zeroMasked?: boolean;
}

/** The tensors of a state in order: Keras' list of states. */
export function listStates(state: unknown): Tensor[] {
  const found: Tensor[] = [];
  forEachTensor(state, (x) => found.push(x));
  return found;
}

/**
 * A cell unrolled over sequences, as Keras has it: x [batch, time, features] → [batch, time, n] with `returnSequences`, else
 * [batch, n]. A step that does not count leaves the state as it was and repeats the output before it (zeros before the first).
 * Such steps are not computed, wherever in a sequence they are.
 */
export abstract class RecurrentLayer<S = unknown> extends Layer {
  /** Whether there is an output for every step rather than the last one. */
  readonly returnSequences: boolean;
  /** Whether the last state comes out, too. */
  readonly returnState: boolean;
  /** Whether sequences are run from their end. */
  readonly goBackwards: boolean;
  /** Whether each batch goes on from the state that the one before ended in. */
  readonly stateful: boolean;
  /** What is unrolled; present once the layer is built. */
  cell?: Cell<S>;
  /** Sequences of a batch, where it is stateful. */
  #batch: number | undefined;
  /** The state after the batch before. */
  #state: S | undefined;

  constructor(kind: string, options: RecurrentLayerOptions) {
    super(kind, options);
    const { where } = this;
    this.returnSequences = checkFlag(where, "returnSequences", options.returnSequences, false);
    this.returnState = checkFlag(where, "returnState", options.returnState, false);
    this.goBackwards = checkFlag(where, "goBackwards", options.goBackwards, false);
    this.stateful = checkFlag(where, "stateful", options.stateful, false);
    checkFlag(where, "unroll", options.unroll, false);
  }

  /** @internal Features of an output. */
  protected abstract readonly outputSize: number;
  /** @internal */
  protected abstract createCell(inputSize: number): Cell<S>;
  /** @internal A layer like this one, with weights of its own, that runs the other way: what `bidirectional` adds. */
  abstract reversed(): RecurrentLayer<S>;

  shapeAfter(inputShape: BatchShape): BatchShape {
    const [batch = null, time = null, features] = inputShape;
    if (inputShape.length !== 3 || typeof features !== "number")
      throw valueError(
        this.where,
        "an input [batch, time, features], features known",
        `${formatBatchShape(inputShape)}${inputShape.length === 2 ? " (a recurrent layer before it needs returnSequences: true)" : ""}`,
      );
    if (this.cell && features !== this.cell.inputSize)
      throw valueError(
        this.where,
        `an input of ${this.cell.inputSize} features`,
        formatBatchShape(inputShape),
      );
    if (this.stateful) this.#checkBatch(batch);
    return this.returnSequences ? [batch, time, this.outputSize] : [batch, this.outputSize];
  }

  override get putsOutMore(): boolean {
    return this.returnState;
  }

  #checkBatch(batch: number | null): void {
    if (batch === null)
      throw valueError(
        this.where,
        "batchInputShape with a number of sequences where stateful",
        "none",
      );
    if (this.#batch !== undefined && batch !== this.#batch)
      throw valueError(this.where, `a batch of ${this.#batch} sequences, being stateful`, batch);
  }

  override build(inputShape: BatchShape): BatchShape {
    const shape = super.build(inputShape);
    if (this.stateful) this.#batch = inputShape[0]!;
    return shape;
  }

  /** @internal */
  protected override create(inputShape: BatchShape): void {
    this.cell ??= this.createCell(inputShape[2]!);
  }

  call({ x, mask }: Flow, run: Run): Flow {
    const { output, state } = this.runSequences(x, mask, run, undefined);
    return {
      x: output,
      mask: this.returnSequences ? mask : undefined,
      more: this.returnState ? listStates(state) : undefined,
    };
  }

  /** Runs the layer by itself, outside a model, and returns the last state as well, in the form of the cell's. */
  override apply(x: Tensor, options?: ApplyRecurrentOptions<S>): Applied & { state: S } {
    const where = `${this.where}.apply`;
    const { initialState, ...rest } = checkOptions(where, options, applyRecurrentOptionNames);
    const { flow, run } = this.checkApply(x, rest);
    if (initialState !== undefined) this.cell!.checkState(where, initialState, x.shape[0]!);
    return inFrame([this], () => {
      const { output, state } = this.runSequences(flow.x, flow.mask, run, initialState);
      const mask = this.returnSequences ? flow.mask : undefined;
      return { ...applied({ x: output, mask }), state };
    });
  }

  /** @internal Runs a batch from `initial`, or from the state that was kept. */
  runSequences(
    x: Tensor,
    mask: Mask | undefined,
    run: Run,
    initial: S | undefined,
    layout: Layout = {},
  ): Sequences<S> {
    const { goBackwards: backwards } = this;
    const [batch, time] = x.shape as [number, number, number];
    if (this.stateful) this.#checkBatch(batch);
    const packed = new Packed(x, false, countedSteps(batch, time, mask, backwards));
    const { outputs, state } = this.runPacked(packed, run, initial ?? this.#state);
    if (this.stateful) this.#state = detach(state);
    return { output: this.#place(outputs, packed, mask, time, layout), state };
  }

  /** @internal All steps of packed sequences. */
  protected runPacked(packed: Packed, _run: Run, initial: S | undefined): Unrolled<S> {
    return packed.run(this.cell!, packed.x, initial);
  }

  /** Packed outputs at their steps, or those of the last ones only. */
  #place(
    rows: Tensor,
    packed: Packed,
    mask: Mask | undefined,
    time: number,
    layout: Layout,
  ): Tensor {
    const { batch } = packed.schedule;
    const { goBackwards: backwards } = this;
    const turned = backwards !== (layout.turned ?? false);
    const width = rows.shape[1]!;
    if (!mask && !this.returnSequences) return slice(rows, [(time - 1) * batch, 0], [batch, width]);
    if (!mask && !backwards && !turned) return packed.unpack(rows);
    const held = heldRows(packed.schedule, time, backwards);
    if (!this.returnSequences) return gatherOrZeros(rows, lastHeld(held, batch, time, backwards));
    const inOrder = layout.zeroMasked ? ownRows(packed.schedule, time) : held;
    const places = turned ? turnPlaces(inOrder, time) : inOrder;
    return reshape(gatherOrZeros(rows, places), [batch, time, width]);
  }

  /** The next batch begins from zeros again. */
  override resetStates(): void {
    this.#state = undefined;
  }

  /** @internal */
  override saveStates(): unknown {
    return this.#state;
  }

  /** @internal */
  override loadStates(saved: unknown): void {
    this.#state = saved as S | undefined;
  }

  /** @internal */
  override kerasWeights(): readonly KerasWeight[] {
    return this.cell ? cellWeights(this.cell as unknown as Cell<never>) : [];
  }
}
