import type { Cell } from "../cells/cell.ts";
import { Module } from "../core/module.ts";
import { deriveSeed } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import { Linear } from "../nn/linear.ts";
import { concat } from "../ops/shape.ts";
import { seeded } from "./attention-layers.ts";

/**
 * From the final states of both directions of an encoder to a decoder's first: a linear layer for each tensor of a state. What
 * `Seq2Seq` has where its encoder is bidirectional.
 *
 * Parameters: merge.0.weight, merge.0.bias, ... of [size, 2 · size] and [size].
 */
export class Bridge<S> extends Module {
  /** Layer by layer, and within a layer in the order of its state's tensors. */
  readonly merge: readonly Linear[];
  readonly #sizes: readonly unknown[];

  /** `cells`: the encoder's, forward before backward; the two of a layer with states of the same sizes. */
  constructor(cells: readonly Cell<S>[], seed: number | undefined) {
    super();
    this.#sizes = cells.filter((_, i) => i % 2 === 0).map(({ stateSize }) => stateSize);
    const sizes = this.#sizes.flatMap(leaves);
    this.merge = sizes.map((n, i) => new Linear(2 * n, n, seeded(deriveSeed(seed, i))));
  }

  /** States of the encoder's cells to those of the decoder's. */
  forward(states: readonly S[]): S[] {
    let next = 0;
    return this.#sizes.map((size, layer) => {
      const [forward, backward] = [states[2 * layer], states[2 * layer + 1]];
      return zip(size, forward, backward, (a, b) =>
        this.merge[next++]!.forward(concat([a, b], 1)),
      ) as S;
    });
  }
}

/** The numbers of a state's size, in order. */
const leaves = (size: unknown): number[] =>
  typeof size === "number" ? [size] : Object.values(size as object).flatMap(leaves);

/** Two states of one form put together, tensor by tensor. */
function zip(
  size: unknown,
  a: unknown,
  b: unknown,
  merge: (a: Tensor, b: Tensor) => Tensor,
): unknown {
  if (typeof size === "number") return merge(a as Tensor, b as Tensor);
  const inner = (name: string): unknown =>
    zip(
      (size as Record<string, unknown>)[name],
      (a as Record<string, unknown>)[name],
      (b as Record<string, unknown>)[name],
      merge,
    );
  const names = Object.keys(size as object);
  if (Array.isArray(size)) return names.map(inner);
  return Object.fromEntries(names.map((name) => [name, inner(name)]));
}
