// The README's speed table out of a file of `npm run bench -- --json FILE`: prints Markdown, or with --write README.md puts
// it between <!-- speed:begin --> and <!-- speed:end --> there.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const [begin, end] = ["<!-- speed:begin -->", "<!-- speed:end -->"];
const usage = "usage: node scripts/speed-table.mjs FILE [--write README.md]";

function fail(message) {
  console.error(`speed-table: ${message}`);
  process.exit(1);
}

const time = (ms) => {
  if (ms < 0.001) return `${(ms * 1e6).toFixed(0)} ns`;
  if (ms < 1) return `${(ms * 1e3).toFixed(ms < 0.01 ? 2 : 0)} µs`;
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
};
const times = (n) => `${n < 10 ? n.toFixed(1) : n.toFixed(0)}×`;
const percent = (share) => `${(100 * share).toFixed(0)} %`;
const tableRow = (cells) => `| ${cells.join(" | ")} |`;

/** Without a fast BLAS PyTorch's products are ten times slower: the column says so. */
const title = (name, versions) =>
  versions[name]?.includes("reference BLAS") ? `${name}, reference BLAS` : name;

function table({ rows, versions }, columns) {
  const names = columns.map((name) => title(name, versions));
  const head = ["", "", "gatewise", "of peak", ...names];
  const lines = [tableRow(head), tableRow(head.map((_, i) => (i < 2 ? "---" : "--:")))];
  for (const { id, title: what, ours, share, peers } of rows) {
    if (!ours || /^W1[12]/.test(id)) continue; // those two are compared with themselves, below
    const [workload] = id.split(" ");
    const ratios = columns.map((name) =>
      peers[name]?.ratio ? times(peers[name].ratio.median) : "–",
    );
    const part = share ? percent(share.best) : "–";
    lines.push(tableRow([workload, what, time(ours.median), part, ...ratios]));
  }
  return lines.join("\n");
}

function sentences({ comparisons, coldStart, memory }) {
  const said = [];
  const of = (id) => comparisons.find((one) => one.id === id);
  const ratio = (one) => one.time.gatewise.median.toFixed(2);
  const ragged = of("W11 ragged");
  if (ragged)
    said.push(
      `Ragged batches (W11): with lengths uniform in 1..T there is ${ragged.work.toFixed(2)} of the full batch's work; it takes ${ratio(ragged)} of its time.`,
    );
  const doubled = ["T", "B", "H"].flatMap((letter) => {
    const one = of(`W12 2${letter}`);
    return one ? [`${letter} ${ratio(one)} (work ${one.work.toFixed(2)})`] : [];
  });
  if (doubled.length > 0)
    said.push(`Scaling (W12): a training pass grows, when doubled in ${doubled.join(", ")}.`);
  if (coldStart)
    said.push(
      `Cold start (W9): first output ${coldStart.over.toFixed(0)} ms after a bare Node process would have ended; what it downloads for an LSTM's inference is ${(coldStart.gzip / 1000).toFixed(1)} KB (minified, gzip).`,
    );
  if (memory?.length) {
    const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    const held = memory.map(({ steps, webAssembly }) => `${mib(webAssembly)} after ${steps} steps`);
    said.push(`Memory of training (W10), WebAssembly's: ${held.join(", ")}.`);
  }
  return said.map((one) => `- ${one}`).join("\n");
}

/** Why a peer computes something else: the bench only sees that it does. */
const others = {
  "brain.js":
    "not timed, since its LSTM computes something else: its forget gate multiplies the last output, where an LSTM has its cell state",
};

/** Peers that have no column, and why. */
function absent({ rows, missing }, columns) {
  const reasons = new Map(Object.entries(missing));
  for (const { peers } of rows)
    for (const [name, figure] of Object.entries(peers))
      if (!columns.includes(name) && !reasons.has(name))
        reasons.set(
          name,
          /results differ/.test(figure.reason) ? (others[name] ?? figure.reason) : figure.reason,
        );
  const list = [...reasons].map(([name, reason]) => `${name} (${reason})`);
  return list.length > 0 ? `\n\nNot in the table: ${list.join(", ")}.` : "";
}

function markdown(report) {
  const { rows, machine, core, rounds, date, commit, versions, tolerance } = report;
  const names = [...new Set(rows.flatMap(({ peers }) => Object.keys(peers)))];
  const columns = names.filter((name) => rows.some(({ peers }) => peers[name]?.ratio));
  const peak = Math.max(...rows.map((row) => row.peak ?? 0));
  const who = columns.map((name) => versions[name]).filter((name) => !columns.includes(name));
  return [
    table(report, columns),
    "",
    `Sizes are (batch, time, input, hidden). Peers: how many times longer they take. Peak: ${peak.toFixed(0)} GFLOP/s of WebAssembly SIMD, measured in the same run; shares of it are best against best, all else medians. A dash: cannot do it, or takes too long (\`npm run bench\` says which).${absent(report, columns)}`,
    "",
    sentences(report),
    "",
    `Measured on ${machine}, ${core}, one thread; medians of ${rounds} interleaved rounds; ${date.slice(0, 10)}, commit ${commit}. Each peer computed the same as ours (within ${tolerance} of the largest number) before it was timed. ${who.join("; ")}.`,
  ].join("\n");
}

const { values, positionals } = parseArgs({
  options: { write: { type: "string" }, help: { type: "boolean" } },
  allowPositionals: true,
});
if (values.help) {
  console.log(usage);
} else {
  if (positionals.length !== 1) fail(usage);
  const report = JSON.parse(readFileSync(positionals[0], "utf8"));
  const text = markdown(report);
  if (values.write === undefined) {
    console.log(text);
  } else {
    const page = readFileSync(values.write, "utf8");
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from < 0 || to < from) fail(`${values.write}: expected ${begin} and ${end} in it`);
    const head = page.slice(0, from + begin.length);
    writeFileSync(values.write, `${head}\n\n${text}\n\n${page.slice(to)}`);
  }
}
