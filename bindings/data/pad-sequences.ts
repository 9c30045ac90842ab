import {
  checkChoice,
  checkFlag,
  checkNumber,
  checkOptions,
  checkSize,
  formatShape,
  kindError,
  valueError,
} from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { blank, flatSeries, type Numbers, type Series } from "./values.ts";

/** How sequences are to be padded. */
export interface PadSequencesOptions {
  /** Steps of the batch: longer sequences are cut. Default as many as the longest has. */
  readonly maxLength?: number | undefined;
  /** What stands where a sequence has no steps. Default 0. */
  readonly value?: number | undefined;
  /** Whether that is after a sequence or before it. Default "post" (Keras: "pre"), as `lengths` want it. */
  readonly padding?: "post" | "pre" | undefined;
  /** Whether the end of a sequence that is too long is cut, or its beginning. Default "pre", as in Keras. */
  readonly truncating?: "post" | "pre" | undefined;
  /** Whether x has an axis of features. With false sequences [time], such as token numbers, become [batch, time]. Default true. */
  readonly features?: boolean | undefined;
}

const optionNames = ["maxLength", "value", "padding", "truncating", "features"] as const;

/** Sequences of different lengths as a batch. */
export interface PaddedSequences {
  /** [batch, time, features], or [batch, time]: sequences, and the value where they have no steps. */
  readonly x: Tensor;
  /** How many steps of each there are: with padding after them `lengths` of a layer, `sequenceLength` of `dynamicRNN`. */
  readonly lengths: Int32Array;
}

/** Sequences with as many features each. */
function checkSeries(where: string, sequences: readonly Numbers[]): readonly [Series, ...Series[]] {
  if (!Array.isArray(sequences)) throw kindError(where, "an array of sequences", sequences);
  const list = sequences.map((values: Numbers) => flatSeries(where, "every sequence", values));
  const [first] = list;
  if (!first) throw valueError(where, "at least one sequence", "none");
  for (const { data, time, features } of list)
    if (data.length === 0 || features !== first.features)
      throw valueError(
        where,
        `every sequence of shape ${formatShape(["time", first.features])}`,
        formatShape([time, features]),
      );
  return list as [Series, ...Series[]];
}

/**
 * Sequences of different lengths as one batch: each [time, features], or [time] with one feature. For token numbers that
 * go into an embedding: `padSequences(sequences, { features: false })`, x [batch, time].
 * Throws a RangeError for no sequences, one without steps, or one with other features than the first.
 */
export function padSequences(
  sequences: readonly Numbers[],
  options?: PadSequencesOptions,
): PaddedSequences {
  const where = "padSequences";
  const { maxLength, value = 0, ...rest } = checkOptions(where, options, optionNames);
  const { padding = "post", truncating = "pre", features: hasFeatures = true } = rest;
  if (maxLength !== undefined) checkSize(where, "maxLength", maxLength);
  checkNumber(where, "value", value);
  for (const [name, side] of Object.entries({ padding, truncating }))
    checkChoice(where, name, side, ["post", "pre"]);
  checkFlag(where, "features", hasFeatures);
  const list = checkSeries(where, sequences);
  const [{ features }] = list;
  if (!hasFeatures && features !== 1)
    throw valueError(where, "sequences [time] for features: false", `${features} features`);
  const steps = maxLength ?? list.reduce((most, { time }) => Math.max(most, time), 0);
  const x = blank(where, [list.length, steps, ...(hasFeatures ? [features] : [])]);
  if (value !== 0) x.data.fill(value);
  const lengths = Int32Array.from(list, ({ time }) => Math.min(time, steps));
  list.forEach(({ data, time }, n) => {
    const length = lengths[n]!;
    const from = truncating === "pre" ? time - length : 0;
    const to = n * steps + (padding === "pre" ? steps - length : 0);
    x.data.set(data.subarray(from * features, (from + length) * features), to * features);
  });
  return { x, lengths };
}
