import { GRUCell } from "../cells/gru.ts";
import { LSTMCell } from "../cells/lstm.ts";
import { RNNCell } from "../cells/rnn.ts";
import type { FusedCell } from "../cells/sequence.ts";
import {
  checkChoice,
  checkFlag,
  checkNumber,
  checkSize,
  kindError,
  valueError,
} from "../core/check.ts";
import type { Module } from "../core/module.ts";
import { Embedding } from "./embedding.ts";
import { Linear } from "./linear.ts";
import { Stream } from "./stream.ts";
import { type StreamModel, type StreamModelLayer, streamFormat } from "./stream-format.ts";
import type { FusedLayer, StreamLayer } from "./stream-layers.ts";

const nonlinearities = ["tanh", "relu"] as const;

/** The options of a cell, out of which form of the kernel it uses. */
function describeCell({ kind, variant, forgetBias = 0 }: FusedCell) {
  if (kind === "lstm") return { kind, forgetBias };
  if (kind === "gru") return { kind, resetAfter: variant === 0 };
  return { kind, nonlinearity: nonlinearities[variant]! };
}

function describeLayer(layer: Embedding | FusedLayer | Linear): StreamModelLayer {
  const weights = Object.fromEntries(
    Object.entries(layer.parameters()).map(([name, p]) => [name, [...p.data]]),
  );
  if (layer instanceof Embedding)
    return { kind: "embedding", inputSize: layer.count, outputSize: layer.size, weights };
  const { inputSize, outputSize } = layer;
  const kind = layer instanceof Linear ? { kind: "linear" as const } : describeCell(layer.fused);
  return { ...kind, inputSize, outputSize, weights };
}

/**
 * A stream as plain data, its weights as they are now. `restoreStream` makes a stream of it that puts out the same bits, here
 * or in another thread or program; `JSON.stringify` writes it without loss (but NaN and infinities, which JSON does not have).
 * Throws a TypeError for anything but a stream.
 */
export function describeStream(stream: Stream): StreamModel {
  if (!(stream instanceof Stream)) throw kindError("describeStream", "a stream", stream);
  return { format: streamFormat, layers: stream.layers.map(describeLayer) };
}

/** Whether something is an object whose properties can be read, whatever they are. */
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A layer with the options that its description has, and any weights. */
function createLayer(where: string, at: string, layer: Readonly<Record<string, unknown>>) {
  const kinds = ["embedding", "linear", "rnn", "gru", "lstm"] as const;
  const kind = checkChoice(where, `kind of ${at}`, layer.kind, kinds);
  const inputSize = checkSize(where, `inputSize of ${at}`, layer.inputSize);
  const outputSize = checkSize(where, `outputSize of ${at}`, layer.outputSize);
  const { weights } = layer;
  if (!isObject(weights)) throw kindError(where, `weights of ${at} by their names`, weights);
  if (kind === "embedding") return new Embedding(inputSize, outputSize, { seed: 0 });
  if (kind === "linear")
    return new Linear(inputSize, outputSize, { bias: "bias" in weights, seed: 0 });
  const biases = { bias: "bias_ih" in weights, recurrentBias: "bias_hh" in weights, seed: 0 };
  if (kind === "rnn") {
    const { nonlinearity: given } = layer;
    const nonlinearity = checkChoice(where, `nonlinearity of ${at}`, given, nonlinearities);
    return new RNNCell(inputSize, outputSize, { ...biases, nonlinearity });
  }
  if (kind === "gru") {
    if (layer.resetAfter === undefined)
      throw kindError(where, `resetAfter of ${at} to be true or false`, undefined);
    const resetAfter = checkFlag(where, `resetAfter of ${at}`, layer.resetAfter);
    return new GRUCell(inputSize, outputSize, { ...biases, resetAfter });
  }
  const forgetBias = checkNumber(where, `forgetBias of ${at}`, layer.forgetBias);
  return new LSTMCell(inputSize, outputSize, { ...biases, forgetBias });
}

function assignWeights(where: string, at: string, layer: Module, weights: object): void {
  const parameters = layer.parameters();
  const names = Object.keys(parameters);
  const unknown = Object.keys(weights).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw valueError(where, `weights of ${at} out of ${names.join(", ")}`, unknown);
  for (const [name, parameter] of Object.entries(parameters)) {
    const values: unknown = (weights as Record<string, unknown>)[name];
    if (!Array.isArray(values) && !(values instanceof Float32Array))
      throw kindError(where, `${name} of ${at} as an array of numbers`, values);
    if (values.length !== parameter.size)
      throw valueError(where, `${name} of ${at} with ${parameter.size} numbers`, values.length);
    const bad = values.findIndex((value: unknown) => typeof value !== "number");
    if (bad >= 0) throw kindError(where, `${name} of ${at} to hold numbers`, values[bad]);
    parameter.assign(values);
  }
}

/** @internal The layers that a model describes, made anew. */
export function restoreLayers(where: string, model: unknown): readonly (StreamLayer & Module)[] {
  if (!isObject(model)) throw kindError(where, "what describeStream returned", model);
  if (model.format !== streamFormat)
    throw valueError(where, `a model of the format ${streamFormat}`, `${model.format}`);
  if (!Array.isArray(model.layers)) throw kindError(where, "layers in an array", model.layers);
  return model.layers.map((description: unknown, i) => {
    const at = `layers[${i}]`;
    if (!isObject(description)) throw kindError(where, `${at} to be an object`, description);
    const layer = createLayer(where, at, description);
    assignWeights(where, at, layer, description.weights as object);
    return layer;
  });
}

/**
 * The stream that `describeStream` described, also where its description has been through JSON: with layers of its own and a
 * state of zeros. Throws a TypeError or RangeError that names the part which is not as it should be.
 */
export function restoreStream(model: StreamModel): Stream {
  return new Stream(restoreLayers("restoreStream", model));
}
