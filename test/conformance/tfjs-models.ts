import {
  type History,
  type Layer,
  type Optimizer,
  type Sequential,
  SGD,
  sequential,
  type Tensor,
} from "gatewise";
import { expect } from "vitest";
import { expectClose } from "../close.ts";
import {
  classOf,
  goldenWeights,
  type LayerSpec,
  layerOf,
  setGoldenWeights,
} from "./keras-weights.ts";
import { type Adapter, type Case, expectGolden, type GoldenTensor, tensorOf } from "./suite.ts";

/** A whole model as the suite writes it: its layers in order, each with its weights. */
interface ModelSpec {
  readonly class_name: string;
  readonly config: readonly LayerSpec[];
}

/** One number or tensor that upstream's test expects. */
interface Expectation {
  readonly output_index?: number;
  readonly loss_epoch?: number;
  readonly weights_after?: { readonly layer: number; readonly weight: string };
  readonly value: GoldenTensor | number;
  readonly atol: number;
}

/** Cases of kind "model": one `predict` after the other, the outputs of the last; and "fit": one `fit`. */
interface ModelCase extends Case {
  readonly kind: string;
  readonly model: ModelSpec;
  readonly calls?: readonly { readonly inputs: readonly GoldenTensor[] }[];
  readonly fit?: {
    readonly x: readonly GoldenTensor[];
    readonly y: readonly GoldenTensor[];
    readonly args: {
      readonly epochs: number;
      readonly batchSize: number;
      readonly shuffle?: boolean;
    };
  };
  readonly loss?: string;
  readonly optimizer?: { readonly class_name: string; readonly config: { learningRate: number } };
  readonly expected: readonly Expectation[];
}

/** A model within a model has its layers in its configuration and all weights beside it. */
function nested(spec: LayerSpec): Layer | undefined {
  if (classOf(spec) !== "Sequential") return undefined;
  const inner = spec.config.layers as readonly LayerSpec[];
  return sequential({ layers: inner.map((one) => layerOf(one, {}, { layer: nested })) });
}

/** The layers of a model. An input layer says what goes into the next one. */
function layersOf({ config }: ModelSpec): Layer[] {
  return config.flatMap((spec, i) => {
    if (classOf(spec) === "InputLayer") return [];
    const before = config[i - 1];
    const given = spec.config.batchInputShape ?? before?.config.batchInputShape;
    const complete =
      before && classOf(before) === "InputLayer" && given
        ? { ...spec, config: { ...spec.config, batchInputShape: given } }
        : spec;
    return [layerOf(complete, spec.weights, { layer: nested })];
  });
}

function modelOf(spec: ModelSpec): Sequential {
  const model = sequential({ layers: layersOf(spec) });
  setGoldenWeights(model, spec.config.flatMap(goldenWeights));
  return model;
}

function optimizerOf({ optimizer }: ModelCase): Optimizer {
  const { class_name, config } = optimizer!;
  if (class_name === "SGD") return new SGD({ learningRate: config.learningRate });
  throw new Error(`the runner knows no optimizer ${class_name}`);
}

async function runFit(golden: ModelCase, model: Sequential): Promise<History> {
  const { x, y, args } = golden.fit!;
  model.compile({ optimizer: optimizerOf(golden), loss: golden.loss as "mse" });
  return model.fit(tensorOf(x[0]!), tensorOf(y[0]!), args);
}

function runPredictions({ calls = [] }: ModelCase, model: Sequential): Tensor[] {
  const outputs = calls.map(({ inputs }) => model.predictAll(tensorOf(inputs[0]!)));
  return outputs.at(-1) ?? [];
}

function weightNamed(model: Sequential, spec: ModelSpec, index: number, name: string): Tensor {
  const names = Object.keys(spec.config[index]!.weights!);
  return model.layers[index]!.getWeights()[names.indexOf(name)]!;
}

async function runModel(golden: ModelCase): Promise<void> {
  const model = modelOf(golden.model);
  const history = golden.kind === "fit" ? await runFit(golden, model) : undefined;
  const outputs = runPredictions(golden, model);
  for (const one of golden.expected) {
    const tolerance = { atol: one.atol, rtol: 0 };
    if (one.loss_epoch !== undefined) {
      const loss = history!.loss[one.loss_epoch]!;
      expectClose([loss], [one.value as number], tolerance, `loss of epoch ${one.loss_epoch}`);
      continue;
    }
    const after = one.weights_after;
    const actual = after
      ? weightNamed(model, golden.model, after.layer, after.weight)
      : outputs[one.output_index!];
    const want = one.value as GoldenTensor;
    expect(actual?.shape).toEqual(want.shape);
    expectGolden(actual!.data, want, tolerance, after?.weight ?? `output ${one.output_index}`);
  }
}

/** Layers that take the outputs of several. */
const joiningLayers = ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply"];

/** Models and their training. Where layers join, there is no sequence of them. */
export const tfjsModels: Adapter = {
  skip(golden) {
    const { model } = golden as ModelCase;
    const classes = model.config.map(classOf);
    const inputs = classes.filter((name) => name === "InputLayer").length;
    const joining = classes.find((name) => joiningLayers.includes(name));
    if (inputs <= 1 && !joining) return undefined;
    return `a graph of layers (${inputs} inputs${joining ? `, ${joining}` : ""}), no sequence`;
  },
  run: (golden) => runModel(golden as ModelCase),
};
