import {
  Adam,
  GRU,
  Linear,
  LSTM,
  mse,
  type Parameters,
  RNN,
  slice,
  type Tensor,
  valueAndGrad,
} from "gatewise";
import { describe, expect, test } from "vitest";
import { asTensor, partsOf, stateOf, weightedSum } from "./cells/oracle.ts";
import type { AnyLayer, LayerOptions, State } from "./cells/registry.ts";
import { expectClose } from "./close.ts";
import goldens from "./goldens/torch.json" with { type: "json" };
import { describeKernelSets } from "./kernel-sets.ts";

/** A tensor as scripts/torch_goldens.py writes it. */
interface Written {
  readonly shape: readonly number[];
  readonly data: string;
}
type Named = Readonly<Record<string, Written>>;

const numbers = ({ data }: Written): Float64Array => Float64Array.from(data.split(" "), Number);
const read = (t: Written): Tensor => asTensor(numbers(t), t.shape);
const each = <V>(all: Named, f: (t: Written) => V): Record<string, V> =>
  Object.fromEntries(Object.entries(all).map(([name, t]) => [name, f(t)]));

const layerOf = (
  kind: string,
  [inputs, hidden]: readonly number[],
  options: LayerOptions,
): AnyLayer => {
  const layers = { LSTM, GRU, RNN } as unknown as Record<
    string,
    new (
      inputSize: number,
      hiddenSize: number,
      options: LayerOptions,
    ) => AnyLayer
  >;
  return new layers[kind]!(inputs!, hidden!, options);
};

/** PyTorch computed in float64; what comes back through many float32 steps keeps about five digits. */
const tolerance = { atol: 1e-5, rtol: 5e-5 };

describe("PyTorch's numbers", () => {
  describeKernelSets("layers with lengths: outputs, states and every gradient", () => {
    test.each(goldens.layers.map((g) => [g.name, g] as const))("%s", (_, golden) => {
      const net = layerOf(golden.layer, golden.sizes, golden.options);
      const parameters = net.parameters();
      expect(Object.keys(parameters)).toEqual(Object.keys(golden.parameters));
      for (const [name, t] of Object.entries(golden.parameters as Named)) {
        parameters[name]!.assign(read(t));
      }
      const input = read(golden.input);
      const initial = each(golden.initial as Named, read);
      const state: State | undefined = initial.h && stateOf(initial);
      const forward = () => {
        const run = net.forward(input, state, { lengths: golden.lengths });
        return { output: run.output, ...partsOf(run.state) } as Record<string, Tensor>;
      };
      const wanted = { output: golden.output, ...(golden.state as Named) } as Named;
      const results = forward();
      expect(Object.keys(results).sort()).toEqual(Object.keys(wanted).sort());
      for (const [name, want] of Object.entries(wanted)) {
        expect(results[name]!.shape, name).toEqual(want.shape);
        expectClose(results[name]!.data, numbers(want), tolerance, name);
      }
      const targets: Record<string, Tensor> = { input, ...parameters };
      for (const [part, t] of Object.entries(initial)) targets[`initial.${part}`] = t;
      const upstream = each(golden.upstream as Named, numbers);
      const { gradients } = valueAndGrad(() => weightedSum(forward(), upstream), targets);
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(golden.gradients).sort());
      for (const [name, want] of Object.entries(golden.gradients as Named)) {
        expectClose(gradients[name]!.data, numbers(want), tolerance, `gradient of ${name}`);
      }
    });
  });

  describeKernelSets("training", () => {
    test.each(goldens.training.map((g) => [g.name, g] as const))("%s", (_, golden) => {
      const net = layerOf(golden.layer, golden.sizes, golden.options);
      const [x, y] = [read(golden.input), read(golden.target)];
      const [B, T, H] = [x.shape[0]!, x.shape[1]!, golden.sizes[1]!];
      const head = new Linear(H, 1);
      const parameters: Parameters = { ...net.parameters() };
      for (const [name, p] of Object.entries(head.parameters())) parameters[`head.${name}`] = p;
      expect(Object.keys(parameters).sort()).toEqual(Object.keys(golden.start).sort());
      for (const [name, t] of Object.entries(golden.start as Named)) {
        parameters[name]!.assign(read(t));
      }
      const optimizer = new Adam(golden.adam);
      const losses: number[] = [];
      const norms: number[] = [];
      for (let step = 0; step < golden.losses.length; step++) {
        losses.push(
          optimizer.minimize(() => {
            const last = slice(net.forward(x).output, [0, T - 1, 0], [B, 1, H]);
            return mse(head.forward(last.reshape([B, H])), y);
          }),
        );
        if (golden.norms.length > 0) norms.push(optimizer.gradientNorm!);
      }
      expectClose(losses, golden.losses, tolerance, "losses");
      expectClose(norms, golden.norms, tolerance, "norms");
      for (const [name, want] of Object.entries(golden.end as Named)) {
        expectClose(parameters[name]!.data, numbers(want), tolerance, `${name} at the end`);
      }
    });
  });
});
