import { checkChannels, conditionNames, type StreamSetup } from "../audio/protocol.ts";
import { checkFlag, checkOptions, valueError } from "../core/check.ts";
import type { Module } from "../core/module.ts";
import { Stream } from "../nn/stream.ts";
import { restoreLayers } from "../nn/stream-model.ts";

/** The channels of a signal, a block each. */
export type Channels = readonly Float32Array[];

/** Values of parameters by their names: one for the block, or one for each of its samples. */
export type ParameterValues = Readonly<Record<string, Float32Array>>;

/** The channel of the input that a channel of the output is made from: the last one for those that the input does not have. */
export const sourceOf = (input: Channels, channel: number): Float32Array | undefined =>
  input[Math.min(channel, input.length - 1)];

/** A model at work on the channels of a signal: single steps of a stream for each. Nothing is allocated while it runs. */
export class StreamEffect {
  readonly #layers: readonly Module[];
  readonly #streams: readonly Stream[];
  readonly #residual: boolean;
  /** What goes into a step: a sample, and the conditions. */
  readonly #frame: Float32Array;
  readonly #out = new Float32Array(1);

  /** Throws a TypeError or RangeError for a model that is none, or not one from 1 feature and conditions to 1. */
  constructor(where: string, setup: StreamSetup) {
    const checked = checkOptions(where, setup, ["model", "residual", "channels"]);
    this.#residual = checkFlag(where, "residual", checked.residual);
    const channels = checkChannels(where, checked.channels);
    const layers = restoreLayers(where, checked.model);
    this.#layers = layers;
    this.#streams = Array.from({ length: channels }, () => new Stream(layers));
    const [{ inputSize, outputSize }] = this.#streams as [Stream];
    if (checked.model.layers[0]!.kind === "embedding")
      throw valueError(where, "a model of a signal", "one that begins with an embedding");
    if (inputSize > 1 + conditionNames.length)
      throw valueError(where, `at most ${1 + conditionNames.length} features in`, inputSize);
    if (outputSize !== 1) throw valueError(where, "a model with 1 feature out", outputSize);
    this.#frame = new Float32Array(inputSize);
  }

  /** How many channels it has states for. */
  get channels(): number {
    return this.#streams.length;
  }

  /**
   * A block of one channel: each sample of `from`, of silence where nothing is connected, through the channel's stream. A sample that is NaN
   * or infinite counts as 0, since the state would keep it for good. False where the model itself puts out such numbers:
   * the block is silence then, and the state is zeros.
   */
  process(
    channel: number,
    from: Float32Array | undefined,
    to: Float32Array,
    values: ParameterValues,
  ): boolean {
    const stream = this.#streams[channel]!;
    const frame = this.#frame;
    const out = this.#out;
    let sound = true;
    for (let i = 0; i < to.length; i++) {
      const sample = from === undefined ? 0 : from[i]!;
      frame[0] = Number.isFinite(sample) ? sample : 0;
      for (let k = 1; k < frame.length; k++) {
        const condition = values[conditionNames[k - 1]!]!;
        frame[k] = condition.length === 1 ? condition[0]! : condition[i]!;
      }
      stream.step(frame, out);
      to[i] = this.#residual ? frame[0]! + out[0]! : out[0]!;
      if (!Number.isFinite(to[i]!)) sound = false;
    }
    if (!sound) {
      to.fill(0);
      stream.reset();
    }
    return sound;
  }

  /** Every channel back to a state of zeros. */
  reset(): void {
    for (const stream of this.#streams) stream.reset();
  }

  /** Gives the memory back at once. */
  dispose(): void {
    for (const part of [...this.#streams, ...this.#layers]) part.dispose();
  }
}
