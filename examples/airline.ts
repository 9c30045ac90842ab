// Next month's airline passengers out of the last year's: LSTM and GRU against "as many as a year ago". See --help.
import { Adam, exp, GRU, Linear, LSTM, log, mse, slice, type Tensor, tensor } from "gatewise";
import { batches, standardize, windows } from "gatewise/data";
import { path, whole } from "./support/options.ts";
import { draw, rangeOf } from "./support/plot.ts";
import { run } from "./support/program.ts";
import { drawnMonths, readSeries, rootMeanSquare } from "./support/series.ts";

const YEAR = 12;
const HELD = 3 * YEAR;
const usage = {
  about: `Forecasts each month of a series' last three years from the year before it,
with networks that learned from the years before those; compares and draws.`,
  options: {
    data: path("FILE", "CSV with a month a line, numbers last; made here if not given"),
    seed: whole(1, "seed of weights, order and months made here"),
    epochs: whole(150, "passes over the months to learn from", 1),
  },
};

await run(usage, ({ data, seed, epochs }, terminal) => {
  const months = data === undefined ? drawnMonths(seed) : readSeries(data, YEAR + HELD + 2);
  const learned = months.length - HELD;

  // Growth and seasons are factors: as changes of the logarithm they stay the same over the years.
  const logs = log(tensor(months)).data;
  const changes = logs.subarray(1).map((value, n) => value - logs[n]!);
  const scale = standardize(changes.subarray(0, learned - 1)); // by what has been, not by what will be
  const cut = { size: YEAR, targetSize: 1 };
  const { inputs, targets } = windows(scale.values, cut);
  const { inputs: held } = windows(scale.apply(changes.subarray(learned - 1 - YEAR)), cut);
  const training = batches(inputs, targets, { batchSize: 16, shuffle: true, seed });

  const truth = months.slice(learned);
  const report = (name: string, forecast: ArrayLike<number>): void =>
    terminal.line(`${name.padEnd(15)}off by ${rootMeanSquare(truth, forecast).toFixed(1)}`);
  report("as a year ago", months.slice(learned - YEAR));
  for (const layer of [new LSTM(1, 32, { seed }), new GRU(1, 32, { seed })]) {
    const head = new Linear(32, 1, { seed: seed + 1 });
    const next = (year: Tensor): Tensor =>
      head.forward(slice(layer.forward(year).output, [0, YEAR - 1, 0], [-1, 1, -1]));
    const optimizer = new Adam({ learningRate: 1e-3, clipNorm: 1 });
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const { x, y } of training) optimizer.minimize(() => mse(next(x), y));

    const growth = exp(scale.inverse(next(held))).data;
    const forecast = growth.map((factor, n) => factor * months[learned - 1 + n]!);
    report(layer.constructor.name, forecast);
    draw(terminal, ["what came", truth], ["what was forecast", forecast], rangeOf(truth));
  }
});
