import { formatShape, kindError, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { blank, flatSeries, type Numbers } from "./values.ts";

/** Sequences of different lengths as a batch. */
export interface PaddedSequences {
  /** [batch, time, features], zeros past the end of each sequence. */
  readonly x: Tensor;
  /** How long each one is: `lengths` of a layer, `sequenceLength` of `dynamicRNN`. */
  readonly lengths: Int32Array;
}

/**
 * Sequences of different lengths as one batch, as long as the longest: each [time, features], or [time] with one feature.
 * Zeros come after a sequence (Keras' `pad_sequences` puts them before it unless `padding: "post"`).
 * Throws a RangeError for no sequences, one without steps, or one with other features than the first.
 */
export function padSequences(sequences: readonly Numbers[]): PaddedSequences {
  const where = "padSequences";
  if (!Array.isArray(sequences)) throw kindError(where, "an array of sequences", sequences);
  const list = sequences.map((values: Numbers) => flatSeries(where, "every sequence", values));
  const [first] = list;
  if (!first) throw valueError(where, "at least one sequence", "none");
  const { features } = first;
  for (const { data, time, features: others } of list)
    if (data.length === 0 || others !== features)
      throw valueError(
        where,
        `every sequence of shape ${formatShape(["time", features])}`,
        formatShape([time, others]),
      );
  const longest = list.reduce((most, { time }) => Math.max(most, time), 0);
  const x = blank(where, [list.length, longest, features]);
  list.forEach(({ data }, n) => {
    x.data.set(data, n * longest * features);
  });
  return { x, lengths: Int32Array.from(list, ({ time }) => time) };
}
