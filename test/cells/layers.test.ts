import type { Tensor } from "gatewise";
import { expect, test } from "vitest";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { join, rowsOf, sequencesOf, unrollStack } from "../reference/cells.ts";
import { uniform } from "../reference/random.ts";
import {
  assignAll,
  asTensor,
  type Numbers,
  partsOf,
  raggedLengths,
  randomWeights,
  rowStates,
  stateOf,
  weightsOf,
} from "./oracle.ts";
import { registry } from "./registry.ts";

const cases = [
  { I: 3, H: 4, B: 3, T: 5, numLayers: 2, bidirectional: false, bias: true, ragged: true },
  { I: 4, H: 3, B: 4, T: 4, numLayers: 2, bidirectional: true, bias: true, ragged: true },
  { I: 1, H: 5, B: 1, T: 3, numLayers: 3, bidirectional: false, bias: false, ragged: false },
  { I: 5, H: 1, B: 5, T: 1, numLayers: 1, bidirectional: true, bias: true, ragged: false },
];

describeKernelSets("layers", () => {
  for (const { name, layer, reference } of registry) {
    test.each(cases)(
      `${name}: $numLayers layers, both ways $bidirectional, bias $bias, lengths $ragged, I=$I H=$H B=$B T=$T`,
      ({ I, H, B, T, numLayers, bidirectional, bias, ragged }) => {
        const net = layer(I, H, { numLayers, bidirectional, bias });
        const D = bidirectional ? 2 : 1;
        const lengths = ragged ? raggedLengths(B, T, 4) : undefined;
        const numbers: Numbers = { x: uniform(B * T * I, 1) };
        const wide = (k: number) => (k === 0 ? I : D * H);
        const suffix = (k: number, d: number) => `_l${k}${d === 1 ? "_reverse" : ""}`;
        const directions = Array.from({ length: D }, (_, d) => d);
        const layers = Array.from({ length: numLayers }, (_, k) => k);
        for (const k of layers) {
          for (const d of directions) {
            const own = randomWeights(reference, wide(k), H, 20 * k + 7 * d + 2, bias);
            for (const key in own) numbers[key + suffix(k, d)] = own[key]!;
          }
        }
        reference.stateNames.forEach((part, k) => {
          numbers[part] = uniform(numLayers * D * B * H, 70 + k);
        });
        assignAll(net.parameters(), numbers);
        const x = asTensor(numbers.x!, [B, T, I]);
        const initial: Record<string, Tensor> = {};
        for (const part of reference.stateNames) {
          initial[part] = asTensor(numbers[part]!, [numLayers * D, B, H]);
        }
        const weights = (k: number, d: number) => {
          const own: Numbers = {};
          for (const key of ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]) {
            const found = numbers[key + suffix(k, d)];
            if (found) own[key] = found;
          }
          return weightsOf(own, wide(k), H);
        };
        const initialRows = layers
          .flatMap((k) => directions.map((d) => k * D + d))
          .map((n) => {
            const own: Numbers = {};
            for (const part of reference.stateNames) own[part] = rowsOf(numbers[part]!, B * H)[n]!;
            return rowStates(own, H);
          });
        expectForwardAndGradients({
          label: name,
          numbers,
          targets: { x, ...initial, ...net.parameters() },
          forward: () => {
            const { output, state } = net.forward(x, stateOf(initial), lengths ? { lengths } : {});
            expect(output.shape).toEqual([B, T, D * H]);
            return { output, ...partsOf(state) };
          },
          reference: () => {
            const run = unrollStack(
              reference,
              layers.map((k) => directions.map((d) => weights(k, d))),
              sequencesOf(numbers.x!, T, I),
              initialRows,
              lengths,
            );
            const results: Numbers = { output: join(run.outputs.flat()) };
            for (const part of reference.stateNames) {
              results[part] = join(run.states.flatMap((rows) => rows.map((r) => r[part]!)));
            }
            return results;
          },
        });
      },
    );

    test(`${name}, time-major, is the same with the axes exchanged`, () => {
      const [I, H, B, T] = [3, 4, 2, 5];
      const x = uniform(B * T * I, 1);
      const swapped = x.map((_, k) => {
        const [t, b, i] = [Math.floor(k / (B * I)), Math.floor(k / I) % B, k % I];
        return x[(b * T + t) * I + i]!;
      });
      const options = { numLayers: 2, bidirectional: true, seed: 5 };
      const lengths = [3, 5];
      const minor = layer(I, H, options).forward(asTensor(x, [B, T, I]), undefined, { lengths });
      const major = layer(I, H, { ...options, timeMajor: true }).forward(
        asTensor(swapped, [T, B, I]),
        undefined,
        { lengths },
      );
      expect(major.output.shape).toEqual([T, B, 2 * H]);
      for (const [part, t] of Object.entries(partsOf(minor.state))) {
        expect(partsOf(major.state)[part]!.data).toEqual(t.data);
      }
      for (let t = 0; t < T; t++) {
        for (let b = 0; b < B; b++) {
          expect(major.output.slice([t, b, 0], [1, 1, 2 * H]).data).toEqual(
            minor.output.slice([b, t, 0], [1, 1, 2 * H]).data,
          );
        }
      }
    });

    test(`${name}: each cell of a layer starts from numbers of its own`, () => {
      const net = layer(6, 3, { numLayers: 2, bidirectional: true, seed: 5 });
      const starts = Object.entries(net.parameters())
        .filter(([key]) => key.startsWith("weight_ih"))
        .map(([, p]) => p.data.join());
      expect(new Set(starts).size).toBe(4);
    });
  }
});
