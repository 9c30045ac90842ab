// npm run bench: times ours against the plain-TypeScript kernels, beside the most that the machine's vectors do.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { init } from "gatewise";
import { jsKernels } from "gatewise/js";
import { type Contestant, interleave, peakContestant } from "./measure.ts";
import { nullKernels } from "./null-kernels.ts";
import { sine, type Workload, workloads } from "./workloads.ts";

const help = `npm run bench -- [options]

  --only ID[,ID]   only these workloads: ${workloads.map(({ id }) => id).join(", ")}
  --rounds N       rounds of each workload (default 5)
  --json FILE      write the figures there as well
  --help           this text`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

interface Figure {
  readonly id: string;
  readonly name: string;
  /** Best of all rounds, in milliseconds. */
  readonly wasm: number;
  readonly js: number;
  /** GFLOP/s of the peak, measured in the same rounds. */
  readonly peak: number;
  /** Share of the peak, 0 to 1. */
  readonly share: number | undefined;
}

/** What is created now belongs to these kernels. */
async function use(kernels?: typeof jsKernels): Promise<void> {
  await init(kernels ? { kernels, replace: true } : { replace: true });
}

async function contestantsFor({ create }: Workload): Promise<Contestant[]> {
  await use();
  const ours = create();
  await use(jsKernels);
  return [
    { name: "WebAssembly", step: ours },
    { name: "plain TypeScript", step: create() },
  ];
}

async function time(workload: Workload, rounds: number): Promise<Figure> {
  const peak = peakContestant();
  const timings = await interleave([peak, ...(await contestantsFor(workload))], rounds, 60);
  const [reference, wasm, js] = timings.map(({ best }) => best) as [number, number, number];
  const gflops = peak.operations / reference;
  return {
    id: workload.id,
    name: workload.name,
    wasm: wasm / 1e6,
    js: js / 1e6,
    peak: gflops,
    share: workload.operations && workload.operations / wasm / gflops,
  };
}

/** The share of a step of the sine regressor that is spent outside the kernels. */
async function overhead(rounds: number): Promise<number> {
  await use();
  const whole = sine.create();
  await use(nullKernels);
  const bare = sine.create();
  const [all, outside] = await interleave(
    [
      { name: "whole", step: whole },
      { name: "outside the kernels", step: bare },
    ],
    rounds,
    60,
  );
  return outside!.best / all!.best;
}

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  const rounds = Number(values.rounds);
  const chosen = workloads.filter(({ id }) => !values.only || values.only.split(",").includes(id));
  const machine = `${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`;
  console.log(`${machine}; best of ${rounds} interleaved rounds, one thread\n`);
  const figures: Figure[] = [];
  for (const workload of chosen) {
    const figure = await time(workload, rounds);
    figures.push(figure);
    const share = figure.share
      ? `${(100 * figure.share).toFixed(0)} % of ${figure.peak.toFixed(0)} GFLOP/s`
      : "";
    console.log(figure.name);
    console.log(
      `  WebAssembly ${figure.wasm.toFixed(3)} ms   plain TypeScript ${figure.js.toFixed(3)} ms   ${(figure.js / figure.wasm).toFixed(1)}x   ${share}`,
    );
  }
  const outside = await overhead(rounds);
  console.log(
    `\nTypeScript's part of a step of the sine regressor: ${(100 * outside).toFixed(1)} %`,
  );
  if (values.json)
    writeFileSync(
      values.json,
      `${JSON.stringify({ machine, rounds, figures, overhead: outside }, null, 2)}\n`,
    );
}

await main();
