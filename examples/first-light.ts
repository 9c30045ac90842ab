// First light: the two networks that every tutorial begins with, trained in the terminal. See --help.
import { init } from "gatewise";
import { jsKernels } from "gatewise/js";
import { type Digits, drawDigits, SIDE } from "./support/digits.ts";
import { UserError } from "./support/errors.ts";
import { readMnist } from "./support/idx.ts";
import { help, type Options, parseOptions } from "./support/options.ts";
import { chart, chartPoints, gallery, picture } from "./support/plot.ts";
import { batch, rowNetwork, type Score } from "./support/rows.ts";
import { type SineStep, sineNetwork, waves } from "./support/sine.ts";
import { openTerminal, withProgress } from "./support/terminal.ts";
import { bestTimes } from "./support/timing.ts";

const BATCH = 50;
const DRAWN = { train: 20_000, test: 2_000 };

const terminal = openTerminal(process.stdout, process.env);
const { line, paint } = terminal;
const count = (n: number): string => n.toLocaleString("en");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const since = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

interface Data {
  readonly name: string;
  readonly train: Digits;
  readonly test: Digits;
}

function loadDigits({ mnist, seed, steps }: Options): Data {
  if (mnist !== undefined) return { name: "MNIST", ...readMnist(mnist) };
  const train = Math.min(DRAWN.train, BATCH * (steps ?? DRAWN.train)); // no more than are used
  const test = Math.min(DRAWN.test, train);
  return {
    name: "digits drawn here",
    train: drawDigits(train, { seed }),
    test: drawDigits(test, { seed, first: DRAWN.train }),
  };
}

function sineToCosine({ seed, steps = 501 }: Options): void {
  line(paint("bold", "1. Sine to cosine"));
  line(`   LSTM of 20 units; batch 50, 20 steps, Adam 0.006; ${count(steps)} training steps`);
  line();
  const step = sineNetwork(seed);
  const start = performance.now();
  const last = withProgress(terminal, "   training", steps, (progress) => {
    let result!: SineStep;
    for (let n = 0; n < steps; n++) {
      result = step(waves(n));
      const loss = result.loss.toFixed(5);
      progress.update(n + 1, `error ${loss}`);
      if (n % 100 === 0 || n === steps - 1) {
        progress.line(`   step ${String(n).padStart(5)}   mean squared error ${loss}`);
      }
    }
    return result;
  });
  const shown = ({ length }: { length: number }, data: ArrayLike<number>): number[] =>
    Array.from({ length }, (_, i) => data[Math.floor((i * 394) / length)]!); // two periods of 197 points
  const length = chartPoints(terminal);
  const target = shown({ length }, waves(steps - 1).cosine.data);
  line(`   ${since(start)}`);
  line();
  for (const row of chart(target, shown({ length }, last.prediction.data), paint)) line(row);
  line(
    `        ${paint("cyan", "── cosine")}   ${paint("yellow", "•• what the network makes of the sine")}`,
  );
  line();
}

function digitsByRow({ seed, steps = 4001 }: Options, { name, train, test }: Data): void {
  line(paint("bold", `2. Digits, row by row: ${name}`));
  line(
    `   RNN of 50 units; 28 steps of 28 pixels, batch 50, Adam 0.001; ${count(steps)} training steps`,
  );
  line(
    `   ${count(train.count)} digits to learn from, ${count(test.count)} others to be tested on`,
  );
  line();
  const network = rowNetwork(seed);
  const start = performance.now();
  const last = withProgress(terminal, "   training", steps, (progress) => {
    let score!: Score;
    for (let n = 0; n < steps; n++) {
      const cost = network.step(batch(train, n * BATCH, BATCH));
      progress.update(n + 1, `cost ${cost.toFixed(3)}`);
      if (n % 500 === 0 || n === steps - 1) {
        score = network.score(test);
        progress.line(
          `   step ${String(n).padStart(5)}   test cost ${score.cost.toFixed(4)}   test accuracy ${percent(score.accuracy)}`,
        );
      }
    }
    return score;
  });
  line(`   ${since(start)}`);
  line();
  showDigits(test, last.read);
  line();
}

/** One digit that was read rightly and one that was not, where there is one. */
function showDigits(digits: Digits, read: Uint8Array): void {
  const right = read.findIndex((label, n) => label === digits.labels[n]);
  const wrong = read.findIndex((label, n) => label !== digits.labels[n]);
  const pictures = [right, wrong]
    .filter((n) => n >= 0)
    .map((n) => {
      const pixels = digits.images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
      const caption = `a ${digits.labels[n]}, read as ${read[n]}`;
      return {
        lines: picture(pixels, SIDE),
        caption,
        colour: n === right ? "green" : "yellow",
      } as const;
    });
  for (const row of gallery(pictures, paint)) line(row);
}

async function timing({ seed }: Options, { train }: Data): Promise<void> {
  line(paint("bold", "3. Time per training step"));
  line("   best of 8 rounds, WebAssembly and plain JavaScript in turn");
  line();
  const wave = waves(0);
  const first = batch(train, 0, BATCH);
  const contestants = () => {
    const [sine, rows] = [sineNetwork(seed), rowNetwork(seed)];
    return [
      { step: () => void sine(wave), steps: 60 },
      { step: () => void rows.step(first), steps: 30 },
    ];
  };
  const wasm = contestants();
  await init({ kernels: jsKernels, replace: true }); // for the models made from now on
  const times = bestTimes([...wasm, ...contestants()], 8);
  const row = (name: string, ...cells: string[]): void =>
    line(`   ${name.padEnd(28)}${cells.map((cell) => cell.padStart(13)).join("")}`);
  row("", "WebAssembly", "JavaScript", "ratio");
  ["LSTM, sine to cosine", "RNN, digits by row"].forEach((name, i) => {
    const [fast, slow] = [times[i]!, times[i + 2]!];
    row(name, `${fast.toFixed(3)} ms`, `${slow.toFixed(3)} ms`, `${(slow / fast).toFixed(1)}x`);
  });
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return line(help);
  const digits = loadDigits(options); // first, so that a damaged file is told of at once
  line();
  sineToCosine(options);
  digitsByRow(options, digits);
  if (options.timing) await timing(options, digits);
}

process.stdout.on("error", ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === "EPIPE" ? 0 : 1),
);
try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`first-light: ${error.message}`);
  process.exitCode = 1;
}
