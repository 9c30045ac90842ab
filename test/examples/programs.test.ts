import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restoreStream } from "gatewise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorToSignal } from "../../examples/support/amplifier.ts";
import { writeMnist } from "./idx-files.ts";
import { controls, root, runProgram } from "./program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewise-programs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a program prints when all goes well. */
function output(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = runProgram(name, ...args);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(controls(stdout)).toEqual([]);
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(81);
  return stdout;
}

/** All numbers that a pattern finds. */
const figures = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map(([, figure]) => Number(figure));

describe("sine", () => {
  test("learns, and draws as it goes", () => {
    const stdout = output("sine", "--steps", "301", "--every", "150");
    const errors = figures(stdout, /error (\d\.\d{5})/g);
    expect(figures(stdout, /^step (\d+):/gm)).toEqual([0, 150, 300]);
    expect(errors[0]).toBeGreaterThan(0.4);
    expect(errors[2]).toBeLessThan(0.05);
    expect(stdout.match(/── cosine/g)!.length).toBe(3);
  });
});

describe("mnist-rows", () => {
  test("a table of five networks that begin to read", () => {
    const stdout = output("mnist-rows", "--steps", "60");
    const row = /^(?:RNN|LSTM|GRU) of .*?\d{4,} +(\d+\.\d\d) % +\d+\.\d s$/gm;
    const accuracies = figures(stdout, row);
    expect(accuracies.length).toBe(5);
    expect(accuracies.reduce((a, b) => a + b) / 5).toBeGreaterThan(25); // chance: 10
    expect(figures(stdout, /^RNN of 50 +(\d+) /gm)).toEqual([50 * (28 + 50 + 2) + 10 * 51]);
  });

  test("MNIST files", () => {
    writeMnist(folder, { train: 60, test: 20 });
    expect(output("mnist-rows", "--steps", "2", "--mnist", folder)).toContain("20 others");
  });
});

describe("airline", () => {
  test("networks are nearer than last year's figures", () => {
    const stdout = output("airline", "--epochs", "60");
    const [naive, lstm, gru] = figures(stdout, /off by (\d+\.\d)/g);
    expect(lstm).toBeLessThan(0.8 * naive!);
    expect(gru).toBeLessThan(0.8 * naive!);
    expect(stdout.match(/── what came/g)!.length).toBe(2);
  });
});

describe("japanese-vowels", () => {
  test("most speakers are recognised", () => {
    const [accuracy] = figures(
      output("japanese-vowels", "--epochs", "8"),
      /, (\d+\.\d) % of the test's/g,
    );
    expect(accuracy).toBeGreaterThan(75); // chance: 11
  });
});

describe("gradient-through-time", () => {
  test("vanishes in a plain RNN, explodes with large weights, goes on through an open gate", () => {
    const svg = join(folder, "gradient.svg");
    const stdout = output("gradient-through-time", "--svg", svg);
    const last = figures(stdout, /^ +[a-e] {2}.*? (\d\.\de[-+]\d+)$/gm);
    expect(last.length).toBe(5);
    const [rnn, loud, gru, lstm, open] = last as [number, number, number, number, number];
    expect(rnn).toBeLessThan(1e-20);
    expect(loud).toBeGreaterThan(1e6);
    expect(gru).toBeGreaterThan(1e3 * rnn);
    expect(lstm).toBeGreaterThan(1e3 * rnn);
    expect(open).toBeGreaterThan(0.1);
    expect(readFileSync(svg, "utf8").match(/<polyline/g)!.length).toBe(5);
  });
});

describe("text-generation", () => {
  test("learns to write, and writes", () => {
    const stdout = output("text-generation", "--epochs", "5", "--units", "64", "--length", "200");
    const nats = figures(stdout, /(\d\.\d{3}) on the last tenth/g);
    expect(nats.length).toBe(5);
    expect(nats[4]).toBeLessThan(2.6); // all of some 90 characters alike: 4.5
    expect(stdout.split("\n\n").slice(1).join("").length).toBeGreaterThan(150);
  });

  test("words of a file of one's own", () => {
    const path = join(folder, "scene.txt");
    writeFileSync(path, "ANNA: Go to the lake!\nBEN: I am at the lake, Anna.\n".repeat(60));
    const args = ["--file", path, "--words", "--epochs", "40", "--length", "40", "--percent", "0"];
    const stdout = output("text-generation", ...args);
    expect(figures(stdout, /(\d\.\d{3}) on the last tenth/g).at(-1)).toBeLessThan(0.2);
    expect(stdout).toContain("BEN: I am at the lake, Anna.\nANNA: Go to the lake!\n");
  });
});

describe("translate", () => {
  test("learns a made grammar, and shows where it looked", () => {
    const stdout = output("translate", "--epochs", "2", "--beam", "3");
    const shares = figures(
      stdout,
      /^beam [13], words of 1000 others: (\d+\.\d\d) % in their places/gm,
    );
    expect(shares.length).toBe(2);
    for (const share of shares) expect(share).toBeGreaterThan(90);
    expect(stdout.match(/^ *\S+ │[ ░▒▓█]+│ \S+$/gm)!.length).toBeGreaterThan(15);
  });
});

describe("tagger", () => {
  test("tells what words are by their ends and their places", () => {
    const stdout = output("tagger", "--epochs", "1");
    const [share] = figures(stdout, /, (\d+\.\d\d) % of other words/g);
    expect(share).toBeGreaterThan(95);
    expect(stdout).toMatch(/\/(NOUN|PROPN) .*\/VERB .*\/PUNCT$/m);
  });
});

describe("dialogue", () => {
  test("nine answers of ten by heart, and a paraphrase", () => {
    const stdout = output("dialogue");
    const [learnt] = figures(stdout, /^(\d+) of 50 answers are known by heart$/gm);
    expect(learnt).toBeGreaterThanOrEqual(45);
    expect(stdout).toContain("> And how old would you be?\nOlder than the lamp, younger than the");
  });

  test("lines of one's own", () => {
    const path = join(folder, "dialogue.txt");
    writeFileSync(path, "Ping?\nPong.\n\nWho goes there?\nIt's me, Ann!\n");
    const stdout = output("dialogue", "--data", path, "--steps", "60");
    expect(stdout).toContain("2 of 2 answers are known by heart");
    writeFileSync(path, "Ping?\n");
    const { status, stderr } = runProgram("dialogue", "--data", path);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^dialogue: .*dialogue\.txt: expected lines in pairs, got 1\n$/);
  });
});

describe("word-map", () => {
  const [left, right] = ["sun sea sand wave shell", "snow frost sled scarf glove"];
  /** Lines of words of one list and the other in turn. */
  const lines = Array.from({ length: 400 }, (_, i) => {
    const words = [left, right][i % 2]!.split(" ");
    return Array.from({ length: 8 }, (_, j) => words[(i * j + j * j + (i >> 1)) % 5]).join(" ");
  });

  test("words that never meet are in clusters of their own, on the map too", () => {
    const [text, svg] = [join(folder, "topics.txt"), join(folder, "map.svg")];
    writeFileSync(text, `${lines.join(".\n")}.`);
    const stdout = output("word-map", "--text", text, "--svg", svg, "--clusters", "2");
    const clusters = [...stdout.matchAll(/^\d {2}(.*)$/gm)].map(([, words]) => words!.split(" "));
    const four = (words: string): string[] => words.split(" ").filter((word) => word.length > 3);
    const sorted = clusters.map((words) => words.sort().join(" ")).sort();
    expect(sorted).toEqual([left, right].map((words) => four(words).sort().join(" ")).sort());
    const drawn = readFileSync(svg, "utf8"); // names without room are left out
    const colours = clusters.map((words) => {
      const names = [...drawn.matchAll(/class="(group\d)"[^>]*>(\w+)</g)];
      return new Set(names.flatMap(([, group, name]) => (words.includes(name!) ? [group] : [])));
    });
    expect(colours.map((groups) => groups.size)).toEqual([1, 1]);
    expect(colours[0]).not.toEqual(colours[1]);
  });

  test("the project's documentation; a text that is too short", () => {
    const svg = join(folder, "docs.svg");
    const stdout = output("word-map", "--svg", svg, "--epochs", "2", "--words", "30");
    expect(stdout).toMatch(/^30 words of \d{3,} sentences: /m);
    expect(readFileSync(svg, "utf8").match(/<circle/g)!.length).toBe(30);
    const text = join(folder, "short.txt");
    writeFileSync(text, "words, words, words");
    const { status, stderr } = runProgram("word-map", "--text", text, "--svg", svg);
    expect([status, stderr]).toEqual([
      1,
      "word-map: --text: expected more than 5 words, each twice or more\n",
    ]);
  });
});

describe("amplifier", () => {
  test("learns from what goes in and out; a WAV with three tracks, a model to restore", () => {
    const [sound, model] = [join(folder, "amplifier.wav"), join(folder, "amplifier.json")];
    const files = ["--wav", sound, "--model", model];
    const stdout = output("amplifier", "--epochs", "6", "--units", "8", ...files);
    const errors = figures(stdout, /^epoch \d: error-to-signal ratio (\d+\.\d\d) %$/gm);
    expect(errors.length).toBe(3);
    expect(errors[2]).toBeLessThan(errors[0]!);
    expect(figures(stdout, /: (\d+) times as fast as real time at 48 kHz$/gm)[0]).toBeGreaterThan(
      0,
    );

    const bytes = readFileSync(sound);
    expect(bytes.length).toBe(44 + 2 * 3 * 96_000);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44));
    const [strings, truth, network] = [0, 1, 2].map((track) =>
      Float32Array.from({ length: 96_000 }, (_, i) => samples[3 * i + track]! / 32767),
    );
    expect(errors[2]).toBeLessThan(20 * errorToSignal(truth!, strings!)); // a fifth
    const heard = 100 * errorToSignal(truth!, network!); // what is beyond 1 is cut in the file
    expect(Math.abs(heard - errors[2]!)).toBeLessThan(3);
    const { rate, model: described } = JSON.parse(readFileSync(model, "utf8"));
    expect(rate).toBe(48_000);
    const stream = restoreStream(described);
    const out = new Float32Array(1);
    const again = strings!.slice(0, 1000).map((x) => {
      stream.step(new Float32Array([x, 0.6]), out);
      return x + out[0]!;
    });
    again.forEach((value, i) => {
      expect(Math.abs(value - network![i]!)).toBeLessThan(1e-3); // 16 bits, in and out
    });
  });
});

const programs = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"));

test.each(programs)("%s explains itself, and is short", (file) => {
  const name = file.replace(".ts", "");
  const help = output(name, "--help");
  expect(help).toMatch(/^Usage: /);
  expect(help).toMatch(/ {2}--help +show this text\n$/);
  if (name === "first-light") return;
  expect(readFileSync(join(root, "examples", file), "utf8").split("\n").length).toBeLessThan(61);
  expect(readFileSync(join(root, "README.md"), "utf8")).toContain(`npx tsx examples/${file}`);
});

test.each([
  ["mnist-rows", "--mnist"],
  ["airline", "--data"],
  ["japanese-vowels", "--data"],
  ["text-generation", "--file"],
  ["translate", "--data"],
  ["tagger", "--data"],
  ["dialogue", "--data"],
  ["word-map", "--text"],
])("%s names what is missing in one line", (name, option) => {
  const { status, stdout, stderr } = runProgram(name, option, join(folder, "nowhere"));
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(new RegExp(`^${name}: .*nowhere.*\n$`));
});

test("a file that cannot be written", () => {
  const path = join(folder, "nowhere", "chart.svg");
  const { status, stderr } = runProgram("gradient-through-time", "--steps", "3", "--svg", path);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^gradient-through-time: .*chart\.svg: cannot be written \(ENOENT\)\n$/);
});
