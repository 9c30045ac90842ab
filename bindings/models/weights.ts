import { valueError } from "../core/check.ts";
import type { Parameter } from "../core/parameter.ts";
import { deriveSeed } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/tensor.ts";
import type { InitialValues } from "./initializer-names.ts";

/** A weight as Keras has it: what `getWeights` and `setWeights` deal in, whatever way the parameter is laid out. */
export interface KerasWeight {
  /** "kernel", "recurrent_kernel", "bias", ... */
  readonly name: string;
  readonly shape: Shape;
  /** @internal What it is made of. */
  readonly parameters: readonly Parameter[];
  readonly read: () => Float32Array;
  readonly write: (values: Float32Array) => void;
}

/** A parameter that stands as Keras has it. */
export const plainWeight = (name: string, parameter: Parameter): KerasWeight => ({
  name,
  shape: parameter.shape,
  parameters: [parameter],
  read: () => parameter.data,
  write: (values) => parameter.assign(values),
});

/** Weights without those whose parameters have come before: layers may share some. */
export function eachOnce(weights: readonly KerasWeight[]): KerasWeight[] {
  const seen = new Set<Parameter>();
  return weights.filter(({ parameters }) => {
    const known = parameters.every((parameter) => seen.has(parameter));
    for (const parameter of parameters) seen.add(parameter);
    return !known;
  });
}

/**
 * A parameter of gates, [G·H, n] or [G·H], as Keras has it: [n, G·H] or [G·H], gates in another order, of which `order` says
 * for each of Keras' gates which one it is of the parameter's.
 */
export function gateWeight(
  name: string,
  parameter: Parameter,
  order: readonly number[],
): KerasWeight {
  const [rows, n = 1] = parameter.shape as [number, number?];
  const size = rows / order.length;
  /** The element of the parameter for each of Keras'. */
  const places = Int32Array.from({ length: parameter.size }, (_, k) => {
    const [input, unit] = [Math.floor(k / rows), k % rows];
    return (order[Math.floor(unit / size)]! * size + (unit % size)) * n + input;
  });
  return {
    name,
    shape: parameter.shape.length === 1 ? [rows] : [n, rows],
    parameters: [parameter],
    read: () => {
      const { data } = parameter;
      return Float32Array.from(places, (place) => data[place]!);
    },
    write: (values) => {
      const data = new Float32Array(parameter.size);
      places.forEach((place, k) => {
        data[place] = values[k]!;
      });
      parameter.assign(data);
    },
  };
}

/** Two weights of a shape, one above the other: [2, ...]. */
export function stackedWeight(name: string, first: KerasWeight, second: KerasWeight): KerasWeight {
  return {
    name,
    shape: [2, ...first.shape],
    parameters: [...first.parameters, ...second.parameters],
    read: () => {
      const values = new Float32Array(2 * sizeOf(first.shape));
      values.set(first.read());
      values.set(second.read(), values.length / 2);
      return values;
    },
    write: (values) => {
      first.write(values.subarray(0, values.length / 2));
      second.write(values.subarray(values.length / 2));
    },
  };
}

/** Gives weights their first values: an initializer for each, by name, and a seed of its own out of the layer's. */
export function initializeWeights(
  where: string,
  weights: readonly KerasWeight[],
  initializers: Readonly<Record<string, InitialValues>>,
  seed: number | undefined,
): void {
  weights.forEach(({ name, shape, write }, i) => {
    const fans = { fanIn: shape[0], fanOut: shape.at(-1) };
    const values = initializers[name]!(shape, { ...fans, seed: deriveSeed(seed, i) });
    if (values.length !== sizeOf(shape))
      throw valueError(
        where,
        `${sizeOf(shape)} numbers of the initializer of ${name}`,
        values.length,
      );
    write(Float32Array.from(values));
  });
}
