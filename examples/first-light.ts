// First light: the two networks that every tutorial begins with, trained in the terminal. See --help.
import { engine, init, type Tensor } from "gatewise";
import { jsKernels } from "gatewise/js";
import { type Digits, drawDigits, SIDE } from "./support/digits.ts";
import { MNIST_FOLDER, readMnist } from "./support/idx.ts";
import { flag, path, type Values, whole } from "./support/options.ts";
import { draw, gallery, picture } from "./support/plot.ts";
import { run } from "./support/program.ts";
import { batch, rowNetwork, type Score } from "./support/rows.ts";
import { type SineStep, sineNetwork, waves } from "./support/sine.ts";
import { openTerminal, withProgress } from "./support/terminal.ts";
import { bestTimes } from "./support/timing.ts";

const BATCH = 50;
const DRAWN = { train: 20_000, test: 2_000 };

const usage = {
  command: "npm start --",
  about: `Trains two recurrent networks in the terminal, within a minute:
  1. sine to cosine: an LSTM of 20 units, 501 steps
  2. digits, read row by row: an RNN of 50 units, 4,001 steps
and times a training step of each in WebAssembly and in plain JavaScript.`,
  options: {
    mnist: path("DIR", MNIST_FOLDER),
    seed: whole(2, "seed of the weights and of the drawn digits"),
    steps: whole(undefined, "train each network for N steps instead", 1),
    "no-timing": flag("leave the timing out"),
  },
};
type Options = Values<typeof usage.options>;

const terminal = openTerminal(process.stdout, process.env);
const { line, paint } = terminal;
const count = (n: number): string => n.toLocaleString("en");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const since = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

function sineToCosine({ seed, steps = 501 }: Options): void {
  line(paint("bold", "1. Sine to cosine"));
  line(`   LSTM of 20 units; batch 50, 20 steps, Adam 0.006; ${count(steps)} training steps`);
  line();
  const train = sineNetwork(seed);
  const start = performance.now();
  const { prediction } = withProgress(terminal, "   training", steps, (progress) => {
    let last!: SineStep;
    for (let step = 0; step < steps; step++) {
      last = train(waves(step));
      const loss = last.loss.toFixed(5);
      progress.update(step + 1, `error ${loss}`);
      if (step % 100 === 0 || step === steps - 1) {
        progress.line(`   step ${String(step).padStart(5)}   mean squared error ${loss}`);
      }
    }
    return last;
  });
  line(`   ${since(start)}`);
  line();
  const twoPeriods = (wave: Tensor): Float32Array => wave.data.subarray(0, 2 * 197);
  draw(
    terminal,
    ["cosine", twoPeriods(waves(steps - 1).cosine)],
    ["what the network makes of the sine", twoPeriods(prediction)],
  );
}

function digitsByRow(
  { seed, steps = 4001 }: Options,
  mnist?: { train: Digits; test: Digits },
): void {
  line(paint("bold", `2. Digits, row by row: ${mnist ? "MNIST" : "drawn here"}`));
  line(`   RNN of 50 units; batch 50, 28 steps, Adam 0.001; ${count(steps)} training steps`);
  const needed = Math.min(DRAWN.train, BATCH * steps);
  const train = mnist?.train ?? drawDigits(needed, { seed });
  const test =
    mnist?.test ?? drawDigits(Math.min(DRAWN.test, needed), { seed, first: DRAWN.train });
  line(
    `   ${count(train.count)} digits to learn from, ${count(test.count)} others to be tested on`,
  );
  line();
  const network = rowNetwork(seed);
  const start = performance.now();
  const { read } = withProgress(terminal, "   training", steps, (progress) => {
    let score!: Score;
    for (let step = 0; step < steps; step++) {
      const cost = network.step(batch(train, step * BATCH, BATCH));
      progress.update(step + 1, `cost ${cost.toFixed(3)}`);
      if (step % 500 === 0 || step === steps - 1) {
        score = network.score(test);
        const figures = `test cost ${score.cost.toFixed(4)}   test accuracy ${percent(score.accuracy)}`;
        progress.line(`   step ${String(step).padStart(5)}   ${figures}`);
      }
    }
    return score;
  });
  line(`   ${since(start)}`);
  line();
  showDigits(test, read);
  line();
}

/** One digit that was read rightly and one that was not, where there is one. */
function showDigits({ images, labels }: Digits, read: Uint8Array): void {
  const right = read.findIndex((label, n) => label === labels[n]);
  const wrong = read.findIndex((label, n) => label !== labels[n]);
  const shown = [right, wrong].filter((n) => n >= 0);
  const pictures = shown.map((n) => ({
    lines: picture(images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE), SIDE),
    caption: `a ${labels[n]}, read as ${read[n]}`,
    colour: n === right ? ("green" as const) : ("yellow" as const),
  }));
  for (const row of gallery(pictures, paint)) line(row);
}

async function timing({ seed }: Options): Promise<void> {
  line(paint("bold", "3. Time per training step"));
  line("   best of 8 rounds, WebAssembly and plain JavaScript in turn");
  line();
  const wave = waves(0);
  const digits = batch(drawDigits(BATCH, { seed }), 0, BATCH);
  const names: string[] = [];
  const contestants = () => {
    names.push(engine().kernels === "wasm" ? "WebAssembly" : "JavaScript"); // what these belong to
    const [sine, rows] = [sineNetwork(seed), rowNetwork(seed)];
    return [
      { step: () => void sine(wave), steps: 30 },
      { step: () => void rows.step(digits), steps: 15 },
    ];
  };
  const wasm = contestants();
  await init({ kernels: jsKernels, replace: true }); // for the models made from now on
  const times = bestTimes([...wasm, ...contestants()], 8);
  const row = (name: string, ...cells: string[]): void =>
    line(`   ${name.padEnd(28)}${cells.map((cell) => cell.padStart(13)).join("")}`);
  row("", ...names, "ratio");
  ["LSTM, sine to cosine", "RNN, digits by row"].forEach((name, i) => {
    const [fast, slow] = [times[i]!, times[i + 2]!];
    row(name, `${fast.toFixed(3)} ms`, `${slow.toFixed(3)} ms`, `${(slow / fast).toFixed(1)}x`);
  });
}

await run(usage, async (options) => {
  const mnist = options.mnist === undefined ? undefined : readMnist(options.mnist); // damage is told of at once
  line();
  sineToCosine(options);
  digitsByRow(options, mnist);
  if (!options["no-timing"]) await timing(options);
});
