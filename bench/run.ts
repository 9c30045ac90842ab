// npm run bench: our workloads beside every peer, in turn, on one core; shares of the most that the machine's vectors do.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deviation, TOLERANCE } from "./check.ts";
import { coldStart } from "./cold-start.ts";
import {
  type Contestant,
  interleave,
  median,
  peakContestant,
  ratio,
  type Timing,
} from "./measure.ts";
import { memoryUse } from "./memory.ts";
import { nullKernels } from "./null-kernels.ts";
import { ours, over } from "./ours.ts";
import { peers as allPeers } from "./peers/index.ts";
import type { Peer, Reason, Step } from "./peers/peer.ts";
import { pinTo } from "./pin.ts";
import {
  type Comparison,
  coldStartLines,
  commitName,
  comparisonLines,
  type Figure,
  heading,
  machineName,
  memoryLines,
  type PeerFigure,
  type Report,
  type Row,
  record,
  rowLines,
} from "./report.ts";
import { type Case, type Workload, workloads } from "./workloads.ts";

const ids = [...workloads.map(({ id }) => id), "W9", "W10"];
const help = `npm run bench -- [options]

  --only ID[,ID]      only these workloads: ${ids.join(", ")}
  --peers NAME[,...]  only these peers, or none: ${allPeers.map(({ name }) => `"${name}"`).join(", ")}
  --rounds N          rounds of each workload (default 5)
  --core N            the core to run on (default the last one; "none" to let the system choose)
  --json FILE         write the figures there as well
  --record            append a line per workload to bench/history.jsonl
  --help              this text

Peers are installed by: npm install --prefix bench/peers`;

/** How long a contestant runs in one round, in milliseconds. */
const TURN = 120;
const SPAWNS = 21;

function usage(message: string): never {
  console.error(`bench: ${message}; see --help`);
  process.exit(2);
}

/** Some of what there is by name, in a list with commas. */
function choose<T>(
  flag: string,
  list: string | undefined,
  all: readonly T[],
  name: (x: T) => string,
) {
  if (list === undefined) return all;
  const wanted = list === "none" ? [] : list.split(",");
  for (const w of wanted) if (!all.some((x) => name(x) === w)) usage(`${flag}: there is no "${w}"`);
  return all.filter((x) => wanted.includes(name(x)));
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        peers: { type: "string" },
        rounds: { type: "string", default: "5" },
        core: { type: "string" },
        json: { type: "string" },
        record: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    return usage((error as Error).message);
  }
}

/** A step that has passed the check, or why there is none. */
interface Entry {
  readonly peer: Peer;
  readonly wanted: Case;
  readonly step?: Step;
  readonly deviation?: number;
  readonly reason?: string;
}

const isReason = (made: Step | Reason): made is Reason => "reason" in made;
const operationsOf = (wanted: Case): number => wanted.operations ?? 0;

function tooLarge({ limit }: Peer, wanted: Case): string | undefined {
  const forward = wanted.task === "forward" || wanted.task === "product";
  if (!limit || operationsOf(wanted) <= limit[forward ? "forward" : "backward"]) return undefined;
  return `not run: ${(operationsOf(wanted) / 1e9).toFixed(1)} GFLOP a step take it too long`;
}

/** Ours first, then each peer whose results are the same. */
async function enter(wanted: Case, peers: readonly Peer[]): Promise<Entry[]> {
  const mine = await ours.create(wanted);
  if (isReason(mine)) return [{ peer: ours, wanted, reason: mine.reason }];
  const reference = await mine.result();
  const entries: Entry[] = [{ peer: ours, wanted, step: mine, deviation: 0 }];
  for (const peer of peers) {
    const reason = tooLarge(peer, wanted);
    entries.push(reason ? { peer, wanted, reason } : await check(peer));
  }
  return entries;

  async function check(peer: Peer): Promise<Entry> {
    try {
      const made = await peer.create(wanted);
      if (isReason(made)) return { peer, wanted, reason: made.reason };
      const difference = deviation(await made.result(), reference);
      if (typeof difference === "number" && difference <= TOLERANCE)
        return { peer, wanted, step: made, deviation: difference };
      made.dispose?.();
      const how = typeof difference === "number" ? difference.toPrecision(2) : difference;
      return { peer, wanted, reason: `not timed: its results differ from ours (${how})` };
    } catch (error) {
      const message = `${(error as Error).message}`.split("\n")[0];
      return { peer, wanted, reason: `failed: ${message}` };
    }
  }
}

const inMs = (timing: Timing): Figure => ({
  best: timing.best / 1e6,
  median: median(timing.rounds) / 1e6,
});

type Timed = Entry & { readonly timing: Timing };

function rowOf(
  wanted: Case,
  entries: readonly (Entry | Timed)[],
  peak: Timing,
  perPeak: number,
): Row {
  const { id, title, operations } = wanted;
  const mine = entries.find(({ peer }) => peer === ours)!;
  if (!("timing" in mine)) return { id, title, reason: mine.reason!, peers: {} };
  const figures = entries
    .filter((entry) => entry !== mine)
    .map((entry): [string, PeerFigure | Reason] => [
      entry.peer.name,
      "timing" in entry
        ? {
            time: inMs(entry.timing),
            ratio: ratio(entry.timing, mine.timing),
            deviation: entry.deviation!,
          }
        : { reason: entry.reason! },
    ]);
  const row: Row = {
    id,
    title,
    ours: inMs(mine.timing),
    peak: perPeak / peak.best,
    peers: Object.fromEntries(figures),
  };
  if (operations === undefined) return row;
  const slower = ratio(peak, mine.timing); // peak's time over ours
  const share = (n: number): number => (n * operations) / perPeak;
  return { ...row, share: { best: share(slower.best), median: share(slower.median) } };
}

/** How cases of a workload stand to its first one, for W11 and W12. */
function compare({ id, cases }: Workload, entries: readonly (Entry | Timed)[]): Comparison[] {
  if (id !== "W11" && id !== "W12") return [];
  const timed = entries.filter((entry): entry is Timed => "timing" in entry);
  const [first, ...others] = cases;
  return others.map((other) => {
    const pairs = timed.flatMap((entry) => {
      if (entry.wanted !== other) return [];
      const base = timed.find(({ peer, wanted }) => wanted === first && peer === entry.peer);
      return base ? [[entry.peer.name, ratio(entry.timing, base.timing)] as const] : [];
    });
    const work = operationsOf(other) / operationsOf(first!);
    return { id: other.id, to: first!.id, work, time: Object.fromEntries(pairs) };
  });
}

async function time(
  workload: Workload,
  peers: readonly Peer[],
  rounds: number,
): Promise<{ rows: Row[]; comparisons: Comparison[] }> {
  const peak = peakContestant();
  const wanted = workload.peers
    ? peers.filter(({ name }) => workload.peers!.includes(name))
    : peers;
  const entries: Entry[] = [];
  for (const one of workload.cases) entries.push(...(await enter(one, wanted)));
  const ready = entries.filter(({ step }) => step);
  const contestants: Contestant[] = ready.map(({ step }) => ({
    ...(step!.sample ? { sample: step!.sample } : { step: step!.run! }),
    ...(step!.prepare ? { prepare: step!.prepare } : {}),
  }));
  const [top, ...timings] = await interleave([peak, ...contestants], rounds, TURN);
  const all = entries.map((entry): Entry | Timed => {
    const i = ready.indexOf(entry);
    if (i < 0) return entry;
    const { failure } = timings[i]!;
    return failure ? { ...entry, reason: `failed: ${failure}` } : { ...entry, timing: timings[i]! };
  });
  for (const { step } of ready) step!.dispose?.();
  const rows = workload.cases.map((one) =>
    rowOf(
      one,
      all.filter(({ wanted: w }) => w === one),
      top!,
      peak.operations,
    ),
  );
  return { rows, comparisons: compare(workload, all) };
}

/** The share of a step of the regressor that is spent outside the kernels. */
async function overhead(rounds: number): Promise<number> {
  const regressor = workloads.find(({ id }) => id === "W4")!.cases[0]!;
  const steps: Step[] = [];
  for (const peer of [ours, over("nothing", { kernels: nullKernels })])
    steps.push((await peer.create(regressor)) as Step);
  const [all, outside] = await interleave(
    steps.map(({ run }) => ({ step: run! })),
    rounds,
    TURN,
  );
  return ratio(outside!, all!).median;
}

async function main(): Promise<void> {
  const values = options();
  if (values.help) return console.log(help);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) usage("--rounds: expected a whole number from 1");
  const selected = choose("--only", values.only, ids, (id) => id);
  const peers = choose("--peers", values.peers, allPeers, ({ name }) => name);

  // Started and measured as a user's program would be, free to use every core.
  const cold = selected.includes("W9") ? await coldStart(SPAWNS) : undefined;
  const memory = selected.includes("W10") ? memoryUse() : undefined;

  const core = pinTo(values.core);
  console.log(`${machineName()}; ${core}, one thread; ${rounds} rounds\n`);
  const versions: Record<string, string> = {};
  const missing: Record<string, string> = {};
  const present: Peer[] = [];
  for (const peer of peers) {
    const absent = await peer.load();
    if (absent) missing[peer.name] = absent.reason;
    else {
      versions[peer.name] = peer.version();
      present.push(peer);
    }
    console.log(`  ${peer.name.padEnd(18)}${absent?.reason ?? peer.version()}`);
  }
  console.log(`\n${heading}`);
  if (cold) console.log(coldStartLines(cold));
  if (memory) console.log(memoryLines(memory));

  const rows: Row[] = [];
  const comparisons: Comparison[] = [];
  for (const workload of workloads.filter(({ id }) => selected.includes(id))) {
    const timed = await time(workload, present, rounds);
    rows.push(...timed.rows);
    comparisons.push(...timed.comparisons);
    for (const row of timed.rows) console.log(rowLines(row));
    for (const comparison of timed.comparisons) console.log(comparisonLines(comparison));
    if (timed.comparisons.length > 0) console.log();
  }
  const outside = selected.includes("W4") ? await overhead(rounds) : undefined;
  if (outside !== undefined)
    console.log(`TypeScript's part of a step of W4: ${(100 * outside).toFixed(1)} %`);
  for (const peer of present) peer.close?.();

  const report: Report = {
    date: new Date().toISOString(),
    commit: commitName(),
    machine: machineName(),
    core,
    rounds,
    tolerance: TOLERANCE,
    versions,
    missing,
    rows,
    comparisons,
    ...(cold ? { coldStart: cold } : {}),
    ...(memory ? { memory } : {}),
    ...(outside === undefined ? {} : { overhead: outside }),
  };
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (values.record) record(fileURLToPath(new URL("./history.jsonl", import.meta.url)), report);
}

await main();
