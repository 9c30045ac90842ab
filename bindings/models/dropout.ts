import { checkOptions } from "../core/check.ts";
import { Streams } from "../core/random.ts";
import { checkRate, drop } from "../ops/dropout.ts";
import {
  type BatchShape,
  type Flow,
  Layer,
  type LayerOptions,
  layerOptionNames,
  type Run,
} from "./layer.ts";

/** What a dropout layer can be given. */
export interface DropoutOptions extends LayerOptions {
  /** The probability that an element is dropped: from 0 up to, but not including, 1. */
  readonly rate: number;
  /** The same seed drops the same elements in the same order of calls. */
  readonly seed?: number | undefined;
}

/** Drops elements in training: each with probability `rate`, the others divided by 1 - rate. Other elements at every call. */
export class DropoutLayer extends Layer {
  readonly #rate: number;
  readonly #streams: Streams;

  constructor(options: DropoutOptions) {
    const where = "layers.dropout";
    const checked = checkOptions(where, options, [...layerOptionNames, "rate", "seed"]);
    super("Dropout", checked);
    this.#rate = checkRate(where, "rate", checked.rate);
    this.#streams = new Streams(where, checked.seed);
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  call({ x, mask }: Flow, { training }: Run): Flow {
    return { x: training ? drop(x, this.#rate, this.#streams.next()) : x, mask };
  }
}
