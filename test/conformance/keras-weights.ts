import {
  type Activation,
  type Applied,
  type Cell,
  hardSigmoid,
  initializers,
  type Layer,
  layers,
  leakyRelu,
  type RecurrentLayer,
  Tensor,
} from "gatewise";
import { expect } from "vitest";
import { type GoldenTensor, tensorOf } from "./suite.ts";

/**
 * Layers out of the configurations that Keras and TensorFlow.js write, and weights into them. Keras writes snake_case,
 * TensorFlow.js camelCase; both are read.
 */
export interface LayerSpec {
  readonly class_name?: string;
  readonly className?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights?: Readonly<Record<string, GoldenTensor>>;
}

export type GoldenWeights = Readonly<Record<string, GoldenTensor>>;

/** Classes that a suite's own tests define. */
export interface OwnClasses {
  readonly cell?: (spec: LayerSpec) => Cell<never> | undefined;
  readonly layer?: (spec: LayerSpec) => Layer | undefined;
}

export const classOf = ({ class_name, className }: LayerSpec): string => class_name ?? className!;

const camel = (name: string): string => name.replace(/_+([a-z0-9])/g, (_, c) => c.toUpperCase());
const lowerFirst = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

const isSpec = (value: unknown): value is LayerSpec =>
  typeof value === "object" &&
  value !== null &&
  "config" in value &&
  ("class_name" in value || "className" in value);

/** What has no bearing on the numbers, and what neither library's cases use: those have to be null. */
const ignored = ["name", "dtype", "trainable", "implementation", "sparse", "cells"];
const unused = /Regularizer$|Constraint$/;

/** Options of ours out of a configuration. */
export function optionsOf(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    const name = camel(key);
    if (unused.test(name)) expect(value, name).toBeNull();
    else if (ignored.includes(name) || value === undefined) continue;
    else if (/Initializer$/.test(name)) options[name] = initializerOf(value);
    else if (/[aA]ctivation$/.test(name)) options[name] = activationOf(value);
    else options[name] = value;
  }
  return options;
}

/** What Keras 3 means by names that stand for something else here. */
const kerasActivations: Readonly<Record<string, Activation>> = {
  hard_sigmoid: (x) => hardSigmoid(x, { alpha: 1 / 6 }),
  leaky_relu: (x) => leakyRelu(x, 0.2),
  silu: "swish",
};

const activationOf = (value: unknown): Activation =>
  kerasActivations[`${value}`] ?? (camel(`${value ?? "linear"}`) as Activation);

function initializerOf(value: unknown): unknown {
  if (!isSpec(value)) return camel(`${value}`);
  const given = Object.entries(value.config).filter(([key]) => key !== "seed" && key !== "dtype");
  const config = given.map(([key, v]) => [camel(key), typeof v === "string" ? camel(v) : v]);
  const make = Object.entries(initializers).find(([name]) => name === lowerFirst(classOf(value)));
  return (make![1] as (options?: object) => unknown)(
    config.length > 0 ? Object.fromEntries(config) : undefined,
  );
}

/** A cell; the size of its input is that of its kernel, the first weight that is left. */
function cellOf(spec: LayerSpec, weights: GoldenTensor[], own: OwnClasses): Cell<never> {
  const cell = own.cell?.(spec);
  if (cell) return cell;
  const { units, activation, recurrentActivation, useBias, resetAfter } = optionsOf(spec.config);
  const nested = Object.values(spec.weights ?? {});
  const taken = nested.length > 0 ? nested : weights.splice(0, useBias === false ? 2 : 3);
  const kind = classOf(spec);
  const like = { units, activation, recurrentActivation, useBias, resetAfter };
  const given = Object.fromEntries(Object.entries(like).filter(([, v]) => v !== undefined));
  const make = { LSTMCell: layers.lstm, GRUCell: layers.gru, SimpleRNNCell: layers.simpleRNN }[
    kind
  ];
  if (!make) throw new Error(`the runner knows no ${kind}`);
  const layer = make(given as never) as RecurrentLayer<never>;
  layer.build([null, null, taken[0]!.shape[0]!]);
  return layer.cell!;
}

/** The layer that a configuration describes. `weights` are those of the file, in its order, for the sizes of cells. */
export function layerOf(spec: LayerSpec, weights: GoldenWeights = {}, own: OwnClasses = {}): Layer {
  const made = own.layer?.(spec);
  if (made) return made;
  const kind = classOf(spec);
  const { layer, backwardLayer, cell, ...options } = optionsOf(spec.config);
  if (cell !== undefined) {
    const left = Object.values(weights);
    const stacked = isSpec(cell) && classOf(cell) === "StackedRNNCells" ? cell.config.cells : cell;
    const cells = Array.isArray(stacked) ? stacked : undefined;
    options.cell = cells
      ? cells.map((one: LayerSpec) => cellOf(one, left, own))
      : cellOf(cell as LayerSpec, left, own);
  }
  if (layer !== undefined) options.layer = layerOf(layer as LayerSpec, weights, own);
  if (backwardLayer !== undefined && backwardLayer !== null)
    options.backwardLayer = layerOf(backwardLayer as LayerSpec, weights, own);
  const name = /^[A-Z]+$/.test(kind) ? kind.toLowerCase() : lowerFirst(kind);
  const make = Object.entries(layers).find(([one]) => one === name);
  if (!make) throw new Error(`the runner knows no layer ${kind}`);
  return (make[1] as (options: object) => Layer)(options);
}

/** The weights of a configuration and of those within it, in order. */
export function goldenWeights(spec: LayerSpec): GoldenTensor[] {
  const inner = ["cell", "cells", "layer", "backward_layer", "backwardLayer"].flatMap((key) => {
    const value = spec.config[key];
    return (Array.isArray(value) ? value : [value]).filter(isSpec).flatMap(goldenWeights);
  });
  return [...Object.values(spec.weights ?? {}), ...inner];
}

/** Gives a built layer the weights of a file, which are in Keras' order. */
export function setGoldenWeights(
  layer: Layer,
  weights: GoldenWeights | readonly GoldenTensor[],
): void {
  layer.setWeights(Object.values(weights).map((golden) => tensorOf(golden)));
}

/** A list of tensors in the form of a state. */
export function stateFrom(size: unknown, list: Tensor[]): unknown {
  if (typeof size === "number") return list.shift()!;
  if (Array.isArray(size)) return size.map((one) => stateFrom(one, list));
  return Object.fromEntries(
    Object.entries(size as object).map(([name, one]) => [name, stateFrom(one, list)]),
  );
}

/** The tensors of a state in order. */
const listState = (state: unknown): Tensor[] =>
  state instanceof Tensor ? [state] : Object.values(state as object).flatMap(listState);

/** One call of a layer by itself. */
export interface LayerCall {
  readonly x: GoldenTensor;
  readonly mask?: GoldenTensor | undefined;
  readonly initialState?: readonly GoldenTensor[] | undefined;
  readonly training?: boolean | undefined;
}

/** Gives a layer its weights and calls it, one batch after the other: the outputs of the last call in Keras' order. */
export function runLayer(
  layer: Layer,
  weights: readonly GoldenTensor[],
  calls: readonly LayerCall[],
): Tensor[] {
  let outputs: Tensor[] = [];
  calls.forEach(({ x, mask, initialState, training }, i) => {
    if (i === 0) {
      layer.build(x.shape);
      const both = layer.getWeights().length === 2 * weights.length; // Keras' cases give those of one direction
      setGoldenWeights(layer, both ? [...weights, ...weights] : weights);
    }
    const options: Record<string, unknown> = {};
    if (mask) options.mask = tensorOf(mask);
    if (training !== undefined) options.training = training;
    if (initialState)
      options.initialState = stateFrom(
        stateSizeOf(layer),
        initialState.map((s) => tensorOf(s)),
      );
    const {
      output,
      more = [],
      state,
    } = layer.apply(tensorOf(x), options) as Applied & { state?: unknown };
    outputs = [output, ...more, ...(state === undefined ? [] : listState(state))];
  });
  return outputs;
}

function stateSizeOf(layer: object): unknown {
  if ("forwardLayer" in layer && "backwardLayer" in layer)
    return [stateSizeOf(layer.forwardLayer as object), stateSizeOf(layer.backwardLayer as object)];
  return (layer as { cell: Cell }).cell.stateSize;
}
