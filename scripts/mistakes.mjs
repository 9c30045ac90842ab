// Deliberate mistakes: each is made in a copy of the project, which some test must notice. Counts those that none does.
// The mistakes stand in scripts/mistakes/; one whose text is not in the sources any more is an error.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ProjectCopy } from "./mistakes/copy.mjs";
import { mistakes, slice } from "./mistakes/index.mjs";
import { edited } from "./mistakes/write.mjs";

const usage = `usage: node scripts/mistakes.mjs [options]
  --only TEXT   those with TEXT in their names; may be given several times
  --slice       a few cheap ones
  --list        prints the names, makes no mistake
  --jobs N      so many at a time, each in a copy of its own (default 1)
  --json FILE   writes the outcomes`;
const root = fileURLToPath(new URL("../", import.meta.url));

/** Every mistake must fit the sources as they are, also those that are not to be made now. */
function checkList() {
  const names = mistakes.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw new Error(`two mistakes are called "${twice}"`);
  for (const name of slice)
    if (!names.includes(name)) throw new Error(`no mistake "${name}", which the slice names`);
  for (const { name, edits, tests } of mistakes) {
    const texts = new Map();
    for (const edit of edits) {
      const text = texts.get(edit.file) ?? readFileSync(join(root, edit.file), "utf8");
      texts.set(edit.file, edited(text, edit, name));
    }
    const missing = tests.find((file) => !existsSync(join(root, file)));
    if (missing) throw new Error(`mistake "${name}" names ${missing}, which is not there`);
  }
}

/** Where all tests notice what a mistake's own list does not, they must pass without it. */
async function noticedByAny(copy, mistake) {
  const failure = await copy.test();
  copy.restore(mistake);
  if (failure?.file && (await copy.test([failure.file])))
    throw new Error(`${failure.file} fails without the mistake, too`);
  return failure;
}

/** Makes one mistake: what became of it. */
async function tryMistake(copy, mistake) {
  const start = performance.now();
  const took = () => (performance.now() - start) / 1000;
  const { name } = mistake;
  try {
    await copy.apply(mistake);
    const by = (await copy.test(mistake.tests)) ?? (await noticedByAny(copy, mistake));
    return { name, outcome: by ? "caught" : "survived", seconds: took(), by };
  } catch (error) {
    return { name, outcome: "broken", seconds: took(), error: `${error.message}` };
  } finally {
    copy.restore(mistake);
  }
}

function print({ name, outcome, seconds, by, error }) {
  const place = by ? `${by.file}: ${by.test}` : (error ?? "");
  console.log(
    `${outcome.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${name.padEnd(64)}  ${place}`,
  );
}

/** Makes the chosen mistakes, each worker of `copies` taking the next one. */
async function tryAll(copies, chosen) {
  await Promise.all(copies.map((copy) => copy.prepare()));
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const failure = await copies[0].test(files);
  if (failure)
    throw new Error(`a test fails without any mistake: ${failure.file}: ${failure.test}`);
  const outcomes = [];
  const queue = chosen.values();
  const work = async (copy) => {
    for (const mistake of queue) {
      const outcome = await tryMistake(copy, mistake);
      outcomes.push(outcome);
      print(outcome);
    }
  };
  await Promise.all(copies.map(work));
  return outcomes;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [""] },
      slice: { type: "boolean" },
      list: { type: "boolean" },
      jobs: { type: "string", default: "1" },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new Error(`--jobs: expected a whole number from 1 on, got ${values.jobs}`);
  return { ...values, jobs };
}

/** Makes mistakes in so many copies at a time, which are gone afterwards, also where the run is broken off. */
async function tryInCopies(chosen, jobs) {
  const copies = [];
  const removeAll = () => {
    for (const copy of copies) copy.remove();
  };
  for (const signal of ["SIGINT", "SIGTERM"])
    process.on(signal, () => {
      removeAll();
      process.exit(1);
    });
  try {
    while (copies.length < Math.min(jobs, chosen.length)) copies.push(new ProjectCopy(root));
    return await tryAll(copies, chosen);
  } finally {
    removeAll();
  }
}

/** Prints the counts, writes them where they are asked for, and says whether every mistake was caught. */
function conclude(outcomes, json) {
  const count = (which) => outcomes.filter(({ outcome }) => outcome === which).length;
  const [caught, survived, broken] = ["caught", "survived", "broken"].map(count);
  if (json !== undefined)
    writeFileSync(json, JSON.stringify({ caught, survived, broken, outcomes }, null, 2));
  const rest = broken > 0 ? `, ${broken} broken` : "";
  console.log(`${outcomes.length} mistakes, ${caught} caught, ${survived} survived${rest}`);
  return survived + broken === 0;
}

async function main() {
  const { only, slice: sliced, list, jobs, json, help } = readOptions();
  if (help) return console.log(usage);
  checkList();
  const chosen = mistakes.filter(
    ({ name }) => only.some((text) => name.includes(text)) && (!sliced || slice.includes(name)),
  );
  if (chosen.length === 0) throw new Error(`no such mistake has ${only.join(" or ")} in its name`);
  if (list) return console.log(chosen.map(({ name }) => name).join("\n"));
  if (!conclude(await tryInCopies(chosen, jobs), json)) process.exitCode = 1;
}

main().catch((error) => {
  console.error(`mistakes: ${error.message}`);
  process.exitCode = 1;
});
