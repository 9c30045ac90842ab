// How much of what a loss has to say reaches the steps before it? The gradient's way back through time. See --help.
import { add, type Cell, randn, sum, Tensor, valueAndGrad, zeros } from "gatewise";
import { type Contender, contenders } from "./support/contenders.ts";
import { writeFile } from "./support/files.ts";
import { path, whole } from "./support/options.ts";
import { logChart } from "./support/plot.ts";
import { run } from "./support/program.ts";
import { lineChart } from "./support/svg.ts";

const [BATCH, INPUTS, UNITS] = [16, 8, 32];
const usage = {
  about: `Shows the norm of dL/dh, the gradient of a loss at the end in the state of
every step: in a plain RNN it vanishes or explodes, an open gate keeps it.`,
  options: {
    svg: path("FILE", "write the chart to this file, too"),
    seed: whole(1, "seed of the weights and of the input"),
    steps: whole(100, "steps of the sequence", 2),
  },
};

/** The norm of dL/dh at every step, the last one first. */
function norms(cell: Contender, seed: number, steps: number): number[] {
  // Zeros added to every h change nothing; what the loss has to say to h, it says to them.
  const each = Array.from({ length: steps }, (_, t) => [t, zeros([BATCH, UNITS])]);
  const nudges: Record<number, Tensor> = Object.fromEntries(each);
  const { gradients } = valueAndGrad(() => {
    let state: unknown = cell.zeroState(BATCH);
    let h!: Tensor;
    for (let t = 0; t < steps; t++) {
      const x = randn([BATCH, INPUTS], { seed: seed + t });
      [h, state] = (cell as Cell<unknown>).call(x, state);
      h = add(h, nudges[t]!);
      state = state instanceof Tensor ? h : { ...(state as object), h }; // an LSTM has its c besides
    }
    return sum(h);
  }, nudges);
  const backwards = Object.values(gradients).reverse();
  return backwards.map(({ data }) => Math.hypot(...data));
}

await run(usage, ({ svg, seed, steps }, { line, columns }) => {
  const cells = Object.entries(contenders(INPUTS, UNITS, seed));
  const curves = cells.map(([name, cell]) => ({ name, values: norms(cell, seed, steps) }));
  for (const row of logChart(curves, columns)) line(row);
  if (svg === undefined) return;
  const title = "The gradient's way back through time";
  const labels = { title, xLabel: "steps before the last", yLabel: "norm of dL/dh" };
  writeFile(svg, lineChart({ ...labels, curves }));
});
