// How much of what a loss has to say reaches the steps before it? The gradient's way back through time. See --help.
import { contenders } from "./support/contenders.ts";
import { writeFile } from "./support/files.ts";
import { gradientNorms } from "./support/gradient-norms.ts";
import { path, whole } from "./support/options.ts";
import { logChart } from "./support/plot.ts";
import { run } from "./support/program.ts";
import { lineChart } from "./support/svg.ts";

const [INPUTS, UNITS] = [8, 32];
const usage = {
  about: `Shows the norm of dL/dh, the gradient of a loss at the end in the state of
every step: in a plain RNN it vanishes or explodes, an open gate keeps it.`,
  options: {
    svg: path("FILE", "write the chart to this file, too"),
    seed: whole(1, "seed of the weights and of the input"),
    steps: whole(100, "steps of the sequence", 2),
  },
};

await run(usage, ({ svg, seed, steps }, { line, columns }) => {
  const cells = Object.entries(contenders(INPUTS, UNITS, seed));
  const sizes = { inputs: INPUTS, units: UNITS, seed, steps };
  const curves = cells.map(([name, cell]) => ({ name, values: gradientNorms(cell, sizes) }));
  for (const row of logChart(curves, columns)) line(row);
  if (svg === undefined) return;
  const title = "The gradient's way back through time";
  const labels = { title, xLabel: "steps before the last", yLabel: "norm of dL/dh" };
  writeFile(svg, lineChart({ ...labels, curves }));
});
