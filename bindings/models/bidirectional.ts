import { checkFlag, checkOptions, kindError, valueError } from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { concat } from "../ops/shape.ts";
import {
  type Applied,
  applied,
  type BatchShape,
  type Flow,
  Layer,
  type LayerOptions,
  layerOptionNames,
  type Run,
} from "./layer.ts";
import type { Mask } from "./mask.ts";
import {
  type ApplyRecurrentOptions,
  applyRecurrentOptionNames,
  listStates,
  RecurrentLayer,
} from "./recurrent.ts";

const mergeModes = ["sum", "mul", "ave", "concat"] as const;

/** How the outputs of both directions become one; null leaves them apart. */
export type MergeMode = (typeof mergeModes)[number] | null;

/** What a bidirectional layer can be given. */
export interface BidirectionalOptions<S> extends LayerOptions {
  /** The one that runs forwards. */
  readonly layer: RecurrentLayer<S>;
  /** The one that runs backwards: without it one like `layer`, with weights of its own. */
  readonly backwardLayer?: RecurrentLayer<S> | undefined;
  /** Default "concat". */
  readonly mergeMode?: MergeMode | undefined;
  /**
   * Whether a sequence that is put out has zeros at steps that do not count, as in Keras, rather than the output before in the
   * order of running, as in TensorFlow.js. Default true.
   */
  readonly zeroOutputForMask?: boolean | undefined;
}

/** A recurrent layer and its mirror image: see `layers.bidirectional`. */
export class Bidirectional<S> extends Layer {
  /** The one that runs forwards. */
  readonly forwardLayer: RecurrentLayer<S>;
  /** The one that runs backwards. */
  readonly backwardLayer: RecurrentLayer<S>;
  /** How their outputs become one. */
  readonly mergeMode: MergeMode;
  readonly #zeroMasked: boolean;

  constructor(options: BidirectionalOptions<S>) {
    const where = "layers.bidirectional";
    const names = [
      ...layerOptionNames,
      "layer",
      "backwardLayer",
      "mergeMode",
      "zeroOutputForMask",
    ] as const;
    const checked = checkOptions(where, options, names);
    const { layer, mergeMode = "concat" } = checked;
    if (!(layer instanceof RecurrentLayer)) throw kindError(where, "layer to be recurrent", layer);
    const { inputShape, batchInputShape = inputShape ? undefined : layer.batchInputShape } =
      checked;
    super("Bidirectional", { ...checked, batchInputShape });
    if (mergeMode !== null && !mergeModes.includes(mergeMode))
      throw valueError(where, `mergeMode out of ${mergeModes.join(", ")} or null`, `${mergeMode}`);
    this.forwardLayer = layer;
    this.backwardLayer = checkMirror(where, layer, checked.backwardLayer ?? layer.reversed());
    this.mergeMode = mergeMode;
    this.#zeroMasked = checkFlag(where, "zeroOutputForMask", checked.zeroOutputForMask, true);
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    const shape = this.forwardLayer.shapeAfter(inputShape);
    const other = this.backwardLayer.shapeAfter(inputShape);
    const [width, otherWidth] = [shape.at(-1)!, other.at(-1)!];
    if (this.mergeMode === "concat") return [...shape.slice(0, -1), width + otherWidth];
    if (this.mergeMode !== null && width !== otherWidth)
      throw valueError(this.where, `both directions with ${width} units`, otherWidth);
    return shape;
  }

  override get putsOutMore(): boolean {
    return this.mergeMode === null || this.forwardLayer.putsOutMore;
  }

  /** @internal */
  protected override create(inputShape: BatchShape): void {
    this.forwardLayer.build(inputShape);
    this.backwardLayer.build(inputShape);
  }

  call({ x, mask }: Flow, run: Run): Flow {
    const { output, apart, state } = this.#run(x, mask, run, undefined);
    const { returnSequences, returnState } = this.forwardLayer;
    const more = [...apart, ...(returnState ? listStates(state) : [])];
    return {
      x: output,
      mask: returnSequences ? mask : undefined,
      more: more.length > 0 ? more : undefined,
    };
  }

  /** Runs the layer by itself, outside a model; states come and go in pairs, forward first. */
  override apply(
    x: Tensor,
    options?: ApplyRecurrentOptions<readonly [S, S]>,
  ): Applied & { state: readonly [S, S] } {
    const where = `${this.where}.apply`;
    const { initialState, ...rest } = checkOptions(where, options, applyRecurrentOptionNames);
    const { flow, run } = this.checkApply(x, rest);
    if (initialState !== undefined) {
      if (!Array.isArray(initialState) || initialState.length !== 2)
        throw kindError(where, "initialState to be two states, forward first", initialState);
      this.#both((layer, i) => layer.cell!.checkState(where, initialState[i], x.shape[0]!));
    }
    return inFrame([this], () => {
      const { output, apart, state } = this.#run(flow.x, flow.mask, run, initialState);
      const mask = this.forwardLayer.returnSequences ? flow.mask : undefined;
      return { ...applied({ x: output, mask, more: apart.length > 0 ? apart : undefined }), state };
    });
  }

  #both<T>(f: (layer: RecurrentLayer<S>, i: number) => T): [T, T] {
    return [f(this.forwardLayer, 0), f(this.backwardLayer, 1)];
  }

  /** Both directions, merged; `apart` has the backward one where they are not. */
  #run(
    x: Tensor,
    mask: Mask | undefined,
    run: Run,
    initial: readonly [S, S] | undefined,
  ): { output: Tensor; apart: readonly Tensor[]; state: readonly [S, S] } {
    const [there, back] = this.#both((layer, i) =>
      layer.runSequences(x, mask, run, initial?.[i], {
        turned: layer === this.backwardLayer,
        zeroMasked: this.#zeroMasked,
      }),
    );
    const [y, z] = [there.output, back.output];
    const state = [there.state, back.state] as const;
    if (this.mergeMode === null) return { output: y, apart: [z], state };
    return { output: merge(this.mergeMode, y, z), apart: [], state };
  }
}

function merge(mode: Exclude<MergeMode, null>, y: Tensor, z: Tensor): Tensor {
  if (mode === "concat") return concat([y, z], -1);
  if (mode === "mul") return mul(y, z);
  return mode === "sum" ? add(y, z) : mul(add(y, z), 0.5);
}

/** The backward layer, which differs from the forward one in its direction but not in what it puts out. */
function checkMirror<S>(
  where: string,
  forward: RecurrentLayer<S>,
  backward: unknown,
): RecurrentLayer<S> {
  if (!(backward instanceof RecurrentLayer))
    throw kindError(where, "backwardLayer to be recurrent", backward);
  if (backward.goBackwards === forward.goBackwards)
    throw valueError(
      where,
      `backwardLayer with goBackwards: ${!forward.goBackwards}`,
      `${backward.goBackwards}`,
    );
  for (const name of ["returnSequences", "returnState", "stateful"] as const)
    if (backward[name] !== forward[name])
      throw valueError(where, `both layers with ${name}: ${forward[name]}`, `${backward[name]}`);
  return backward;
}
