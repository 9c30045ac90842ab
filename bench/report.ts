import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { ColdStart } from "./cold-start.ts";
import type { MemoryUse } from "./memory.ts";

/** What comes out of a run: the form of the JSON file, which scripts/speed-table.mjs reads. */
export interface Report {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  /** Which core, how many rounds. */
  readonly core: string;
  readonly rounds: number;
  /** How far a peer's results may be from ours. */
  readonly tolerance: number;
  /** Versions of those that are there; why the others are not. */
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly comparisons: readonly Comparison[];
  readonly coldStart?: ColdStart;
  readonly memory?: readonly MemoryUse[];
  /** The share of W4's step that is spent outside the kernels. */
  readonly overhead?: number;
}

/** Best of all runs, and the median of the rounds. */
export interface Figure {
  readonly best: number;
  readonly median: number;
}

/** One case. Times in milliseconds. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly ours?: Figure;
  /** Why there are no figures of ours. */
  readonly reason?: string;
  /** GFLOP/s of the machine's vectors in the same rounds. */
  readonly peak?: number;
  /** Share of that peak, 0 to 1, where products are what takes the time. */
  readonly share?: Figure;
  readonly peers: Readonly<Record<string, PeerFigure | { readonly reason: string }>>;
}

export interface PeerFigure {
  readonly time: Figure;
  /** How many times longer than ours. */
  readonly ratio: Figure;
  /** Largest difference of its results to ours, as a share of the largest number. */
  readonly deviation: number;
}

/** How one case of a workload stands to another, for each library that did both: time, and the work there is to do. */
export interface Comparison {
  readonly id: string;
  readonly to: string;
  readonly work: number;
  readonly time: Readonly<Record<string, Figure>>;
}

export const machineName = (): string =>
  `${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;

export function commitName(): string {
  try {
    const cwd = fileURLToPath(new URL("..", import.meta.url));
    const args = ["describe", "--always", "--dirty", "--exclude", "*"];
    return execFileSync("git", args, { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown";
  }
}

const time = (ms: number): string =>
  ms < 0.01 ? `${(ms * 1e6).toFixed(0)} ns` : `${ms.toFixed(ms < 1 ? 4 : 2)} ms`;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const times = (n: number): string => `${n.toFixed(n < 10 ? 2 : 1)}x`;
const line = (name: string, ...cells: string[]): string =>
  `  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(14)).join("")}`;

export const heading: string = [
  "times and shares of the peak: best (median of the rounds); ratios: how many times longer than gatewise, medians of the rounds' ratios (best against best)",
  "",
].join("\n");

/** A case as lines of the table. */
export function rowLines({ id, title, ours, reason, peak, share, peers }: Row): string {
  const lines = [`${id.padEnd(12)}${title}`];
  if (ours) {
    const cells = [time(ours.best), `(${time(ours.median)})`];
    const part = share
      ? `${percent(share.best)} of peak (${percent(share.median)}), ${peak!.toFixed(1)} GFLOP/s`
      : "";
    lines.push(`${line("gatewise", ...cells)}   ${part}`.trimEnd());
  } else lines.push(line("gatewise", `-   ${reason}`));
  for (const [name, figure] of Object.entries(peers)) {
    if ("reason" in figure)
      lines.push(`  ${name.padEnd(18)}${"-".padStart(14)}   ${figure.reason}`);
    else
      lines.push(
        line(
          name,
          time(figure.time.best),
          `(${time(figure.time.median)})`,
          times(figure.ratio.median),
          `(${times(figure.ratio.best)})`,
        ),
      );
  }
  return `${lines.join("\n")}\n`;
}

export function comparisonLines({ id, to, work, time: all }: Comparison): string {
  const parts = Object.entries(all).map(
    ([name, { median, best }]) => `${name} ${median.toFixed(2)} (${best.toFixed(2)})`,
  );
  return `${id} over ${to}: work ${work.toFixed(2)}; time ${parts.join(", ")}`;
}

export function coldStartLines({ bare, over, overBundled, minified, gzip }: ColdStart): string {
  return [
    `W9          cold start: ${over.toFixed(1)} ms over a bare Node process (${bare.toFixed(1)} ms); bundled in one file ${overBundled.toFixed(1)} ms`,
    `            LSTM inference import: ${(minified / 1024).toFixed(1)} KB minified, ${(gzip / 1024).toFixed(1)} KB gzip`,
    "",
  ].join("\n");
}

export function memoryLines(use: readonly MemoryUse[]): string {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const after = use.map(
    ({ steps, webAssembly, rss }) =>
      `after ${steps} steps WebAssembly ${mib(webAssembly)}, process ${mib(rss)}`,
  );
  return `W10         memory of W2 with Adam: ${after.join("; ")}\n`;
}

/** One line per workload: share of the peak (best against best), or where that is not the question, how many times faster than plain TypeScript. */
export function record(file: string, report: Report): void {
  const { date, commit, machine } = report;
  const append = (workload: string, rest: object): void =>
    appendFileSync(file, `${JSON.stringify({ date, commit, machine, workload, ...rest })}\n`);
  const round = (n: number): number => Number(n.toPrecision(4));
  for (const { id, ours, share, peers } of report.rows) {
    if (!ours) continue;
    const ratios = Object.entries(peers).flatMap(([name, figure]) =>
      "reason" in figure ? [] : [[name, round(figure.ratio.median)] as const],
    );
    const all: Record<string, number> = Object.fromEntries(ratios);
    const plain = all["plain TypeScript"];
    const ratio = share ? { ratio: round(share.best), of: "peak" } : undefined;
    append(id, {
      ...(ratio ?? { ratio: plain ?? null, of: "plain TypeScript" }),
      ms: round(ours.median),
      peers: all,
    });
  }
  for (const { id, to, work, time: all } of report.comparisons)
    append(`${id} over ${to}`, { ratio: round(all.gatewise!.median), of: to, work: round(work) });
  if (report.coldStart) {
    const { bare, over, gzip } = report.coldStart;
    append("W9", { ratio: round((bare + over) / bare), of: "bare Node", ms: round(over), gzip });
  }
  const [first, last] = report.memory ?? [];
  if (first && last)
    append("W10", {
      ratio: round(last.webAssembly / first.webAssembly),
      of: `WebAssembly memory after ${first.steps} steps`,
      rss: last.rss,
    });
}
