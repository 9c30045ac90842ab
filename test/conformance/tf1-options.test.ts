import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import { logistic } from "../reference/cell-options.ts";
import { uniform } from "../reference/random.ts";
import type { Case, GoldenTensor } from "./suite.ts";
import { tf1Cells } from "./tf1.ts";

/** Options of TensorFlow 1's LSTMCell; its golden cases have none of them, so these are from its equations. */
interface Options {
  readonly use_peepholes?: boolean;
  readonly num_proj?: number;
  readonly cell_clip?: number;
  readonly forget_bias?: number;
}

const [B, I, H] = [2, 3, 5] as const;

let seed = 1;
const golden = (...shape: number[]): GoldenTensor => ({
  shape,
  dtype: "float32",
  data: [
    ...uniform(
      shape.reduce((a, b) => a * b, 1),
      seed++,
      -1,
      1,
    ),
  ],
});

const at = ({ data, shape }: GoldenTensor, row: number, column: number): number =>
  data[row * shape[1]! + column] as number;

/**
 * One step as rnn_cell_impl.py has it: i, j, f, o = split([x, h] kernel + bias);
 * c' = σ(f + forget_bias + w_f c) c + σ(i + w_i c) tanh(j), clipped; m = σ(o + w_o c') tanh(c'), then projected.
 */
function makeCase(options: Options, more: Record<string, unknown> = {}, op = "LSTMCell"): Case {
  const { use_peepholes = false, num_proj: P, cell_clip = Infinity, forget_bias = 1 } = options;
  const size = P ?? H;
  const inputs = { x: golden(B, I), c: golden(B, H), h: golden(B, size) };
  const weights: Record<string, GoldenTensor> = {
    kernel: golden(I + size, 4 * H),
    bias: golden(4 * H),
    ...(use_peepholes && { w_i_diag: golden(H), w_f_diag: golden(H), w_o_diag: golden(H) }),
    ...(P && { "projection/kernel": golden(H, P) }),
  };
  const peep = (name: string, k: number, c: number): number =>
    use_peepholes ? (weights[name]!.data[k] as number) * c : 0;
  const [cs, ms, hs]: [number[], number[], number[]] = [[], [], []];
  for (let b = 0; b < B; b++) {
    const row = [...Array(I + size).keys()].map((k) =>
      k < I ? at(inputs.x, b, k) : at(inputs.h, b, k - I),
    );
    const gate = (g: number, k: number): number =>
      row.reduce(
        (sum, v, r) => sum + v * at(weights.kernel!, r, g * H + k),
        weights.bias!.data[g * H + k] as number,
      );
    for (let k = 0; k < H; k++) {
      const c = at(inputs.c, b, k);
      const f = logistic(gate(2, k) + forget_bias + peep("w_f_diag", k, c));
      const i = logistic(gate(0, k) + peep("w_i_diag", k, c));
      const sum = f * c + i * Math.tanh(gate(1, k));
      const next = Math.max(-cell_clip, Math.min(cell_clip, sum));
      cs.push(next);
      ms.push(logistic(gate(3, k) + peep("w_o_diag", k, next)) * Math.tanh(next));
    }
    for (let p = 0; p < size; p++)
      hs.push(
        P
          ? [...Array(H).keys()].reduce(
              (sum, k) => sum + ms[b * H + k]! * at(weights["projection/kernel"]!, k, p),
              0,
            )
          : ms[b * H + p]!,
      );
  }
  const of = (data: number[], width: number) => ({ shape: [B, width], dtype: "float32", data });
  return {
    name: "a case of our own",
    op: `tf1.${op}`,
    attributes: { num_units: H, ...options, ...more },
    inputs,
    weights,
    outputs: { output: of(hs, size), new_h: of(hs, size), new_c: of(cs, H) },
    tolerance: { atol: 2e-6, rtol: 2e-6 },
  };
}

describeKernelSets("tf1 LSTMCell", () => {
  test.each([
    ["nothing", {}],
    ["another forget_bias", { forget_bias: -0.5 }],
    ["peepholes", { use_peepholes: true }],
    ["a projection", { num_proj: 2 }],
    ["cell_clip", { cell_clip: 0.3 }],
    ["all of them", { use_peepholes: true, num_proj: 4, cell_clip: 0.2, forget_bias: 0.5 }],
  ] as const)("with %s: run, and to the equations", async (_, options) => {
    const given = makeCase(options, { num_unit_shards: 2, num_proj_shards: 2 });
    expect(tf1Cells.skip(given)).toBeUndefined();
    await tf1Cells.run(given);
  });

  test("dropout that keeps everything, and LayerNormBasicLSTMCell that normalises nothing", async () => {
    const kept = { input_keep_prob: 1, output_keep_prob: 1, dropout_keep_prob: 1 };
    const cases = [
      makeCase({ num_proj: 2 }, kept),
      makeCase({}, { ...kept, layer_norm: false }, "LayerNormBasicLSTMCell"),
    ];
    for (const given of cases) {
      expect(tf1Cells.skip(given)).toBeUndefined();
      await tf1Cells.run(given);
    }
  });
});

test("what is left out says why, and is left out for nothing else", () => {
  const reason = (more: object, op?: string) => tf1Cells.skip(makeCase({}, { ...more }, op));
  expect(reason({ output_keep_prob: 0.5 })).toMatch(/dropout/);
  expect(reason({}, "LayerNormBasicLSTMCell")).toMatch(/each gate apart/);
  expect(reason({ num_proj: 2, proj_clip: 1 })).toMatch(/clips a projected h/);
  expect(reason({ num_proj: H })).toMatch(/refused/);
  for (const op of ["GRUCell", "UGRNNCell", "NASCell"]) expect(reason({}, op)).toBeUndefined();
});
