import { describe, expect, test } from "vitest";
import { expectClose } from "../close.ts";
import goldens from "../goldens/torch.json" with { type: "json" };
import {
  type CellWeights,
  gruAfter,
  gruBefore,
  lstm,
  numericGradient,
  type ReferenceCell,
  type RowState,
  rnnRelu,
  rnnTanh,
  rowsOf,
  sequencesOf,
  unroll,
  unrollStack,
  type Vector,
} from "./cells.ts";
import { uniform } from "./random.ts";

type Written = { shape: number[]; data: string };
const numbers = (t: Written): Vector => Float64Array.from(t.data.split(" "), Number);

const cellOf = (kind: string, nonlinearity?: string): ReferenceCell =>
  kind === "LSTM" ? lstm : kind === "GRU" ? gruAfter : nonlinearity === "relu" ? rnnRelu : rnnTanh;

describe("the oracle agrees with PyTorch to nine digits", () => {
  test.each(goldens.layers.map((g) => [g.name, g] as const))("%s", (_, golden) => {
    const cell = cellOf(golden.layer, (golden.options as { nonlinearity?: string }).nonlinearity);
    const [B, T, I] = golden.input.shape as [number, number, number];
    const H = golden.sizes[1]!;
    const D = golden.options.bidirectional ? 2 : 1;
    const all: Record<string, Vector> = { input: numbers(golden.input) };
    for (const [k, t] of Object.entries(golden.parameters)) all[k] = numbers(t as Written);
    const rows = D * golden.options.numLayers;
    for (const part of cell.stateNames) {
      const given = (golden.initial as Record<string, Written>)[part];
      all[`initial.${part}`] = given ? numbers(given) : new Float64Array(rows * B * H);
    }
    const weights = (layer: number, d: number): CellWeights => {
      const of = (name: string) => all[`${name}_l${layer}${d ? "_reverse" : ""}`];
      return {
        weight_ih: rowsOf(of("weight_ih")!, layer === 0 ? I : D * H),
        weight_hh: rowsOf(of("weight_hh")!, H),
        bias_ih: of("bias_ih"),
        bias_hh: of("bias_hh"),
      };
    };
    const layers = Array.from({ length: golden.options.numLayers }, (_, layer) =>
      Array.from({ length: D }, (_, d) => weights(layer, d)),
    );
    const part = (name: "h" | "c", n: number) => sequencesOf(all[`initial.${name}`]!, B, H)[n]!;
    const initial: RowState[][] = Array.from({ length: rows }, (_, n) =>
      part("h", n).map((h, b) => (cell === lstm ? { h, c: part("c", n)[b]! } : { h })),
    );
    const inputs = sequencesOf(all.input!, T, I);
    const run = (): Record<string, number[]> => {
      const { outputs, states } = unrollStack(cell, layers, inputs, initial, golden.lengths);
      const last = (name: "h" | "c") =>
        states.flatMap((s) => s.flatMap((r) => [...(r[name] ?? [])]));
      const output = outputs.flatMap((o) => o.flatMap((v) => [...v]));
      return { output, h: last("h"), ...(cell === lstm && { c: last("c") }) };
    };
    const upstream = golden.upstream as Record<string, Written>;
    const up = Object.fromEntries(Object.entries(upstream).map(([k, t]) => [k, numbers(t)]));
    const loss = () => {
      let total = 0;
      for (const [name, v] of Object.entries(run())) {
        v.forEach((value, k) => {
          total += value * up[name]![k]!;
        });
      }
      return total;
    };
    const digits = { atol: 1e-9, rtol: 1e-8 };
    const results = run();
    expectClose(results.output!, numbers(golden.output), digits, "output");
    for (const [name, t] of Object.entries(golden.state as Record<string, Written>)) {
      expectClose(results[name]!, numbers(t), digits, name);
    }
    const gradients = numericGradient(loss, all);
    for (const [name, t] of Object.entries(golden.gradients as Record<string, Written>)) {
      expectClose(gradients[name]!, numbers(t), { atol: 2e-8, rtol: 1e-6 }, `gradient of ${name}`);
    }
  });

  test("the GRU with reset before the product differs from the other only in the candidate", () => {
    const [I, H] = [3, 4];
    const weights: CellWeights = {
      weight_ih: rowsOf(uniform(3 * H * I, 1), I),
      weight_hh: rowsOf(uniform(3 * H * H, 2), H),
    };
    const run = (cell: ReferenceCell, w: CellWeights) =>
      unroll(cell, w, [rowsOf(uniform(2 * I, 3), I)], [{ h: uniform(H, 4) }]).state[0]!.h;
    expect(run(gruBefore, weights)).not.toEqual(run(gruAfter, weights));
    // With a diagonal R_n the two forms are the same: R_n (r h) = r (R_n h).
    const diagonal = rowsOf(uniform(3 * H * H, 2), H);
    diagonal.slice(2 * H).forEach((row, j) => {
      row.forEach((_, k) => {
        if (k !== j) row[k] = 0;
      });
    });
    const same = { ...weights, weight_hh: diagonal };
    expectClose(run(gruBefore, same), run(gruAfter, same), { atol: 1e-15, rtol: 1e-14 }, "h");
  });
});
