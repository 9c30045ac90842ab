import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Adam } from "gatewise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseConllu, readTreebanks } from "../../examples/support/conllu.ts";
import { Bot, exchanges, readDialogue, wordsOf } from "../../examples/support/dialogue.ts";
import { UserError } from "../../examples/support/errors.ts";
import { makePairs } from "../../examples/support/pairs.ts";
import { readPairs } from "../../examples/support/small-vocab.ts";
import { Tagger } from "../../examples/support/tagger.ts";
import {
  drawAttention,
  inParts,
  Languages,
  score,
  tokensInOrder,
  tokensRight,
} from "../../examples/support/translation.ts";
import {
  batchOf,
  indexViews,
  makeTreebanks,
  TAGS,
  views,
} from "../../examples/support/treebank.ts";
import { split, UNKNOWN, WordIndex } from "../../examples/support/words.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewise-language-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is thrown is for the user to mend. */
function expectUserError(f: () => unknown, message: RegExp): void {
  expect(f).toThrow(UserError);
  expect(f).toThrow(message);
}

test("WordIndex: numbers in the order of words, those that are too rare unknown", () => {
  const index = new WordIndex([split("b a b"), split(" c  a ")], 2);
  expect(index.size).toBe(6);
  expect(index.encode(["b", "a", "c", "toString"])).toEqual([4, 5, UNKNOWN, UNKNOWN]);
  expect(index.decode([5, 4, 3])).toEqual(["a", "b", "<unknown>"]);
});

describe("pairs", () => {
  test("files line by line; some are held out, from all parts", () => {
    const lines = (word: string) => Array.from({ length: 10 }, (_, n) => `${word} ${n}\n`).join("");
    writeFileSync(join(folder, "small_vocab_en"), lines("one"));
    writeFileSync(join(folder, "small_vocab_fr"), lines("un"));
    const { train, test: held } = readPairs(folder, 3);
    expect(held.map(({ english }) => english)).toEqual(["0", "3", "6"].map((n) => ["one", n]));
    expect(held.map(({ french }) => french[1])).toEqual(["0", "3", "6"]);
    expect(train.map(({ french }) => french[1])).toEqual(["1", "2", "4", "5", "7", "8", "9"]);
    expectUserError(() => readPairs(folder, 10), /over 10, got 10 and 10$/);
    writeFileSync(join(folder, "small_vocab_fr"), "un\n");
    expectUserError(() => readPairs(folder, 1), /over 1, got 10 and 1$/);
    expectUserError(() => readPairs(join(folder, "no"), 1), /small_vocab_en: cannot be read/);
  });

  test("made ones: none twice, the same for the same seed, gender and order as in French", () => {
    const { train, test: held } = makePairs(500, 50, 4);
    const all = [...train, ...held].map(({ english }) => english.join(" "));
    expect([train.length, held.length, new Set(all).size]).toEqual([500, 50, 550]);
    expect(makePairs(500, 50, 4).train).toEqual(train);
    expect(makePairs(500, 50, 5).train).not.toEqual(train);
    const phrases = { "the green apple": "la pomme verte", "the big dog": "le grand chien" };
    for (const [english, french] of Object.entries(phrases)) {
      const found = train.filter((pair) => pair.english.join(" ").startsWith(english));
      expect(found.length).toBeGreaterThan(0);
      for (const pair of found) expect(pair.french.join(" ").startsWith(french)).toBe(true);
    }
  });

  test("tokensRight counts places, of the longer sequence", () => {
    expect(tokensRight([[1, 2, 3]], [[1, 5, 3]])).toBeCloseTo(200 / 3);
    expect(
      tokensRight(
        [[1], [4, 5, 6]],
        [
          [1, 2],
          [4, 5],
        ],
      ),
    ).toBe(60);
  });

  test("tokensInOrder counts what is there in order", () => {
    expect(tokensInOrder([[1, 9, 2, 3]], [[1, 2, 3]])).toBe(75);
    expect(
      tokensInOrder(
        [[2, 1], []],
        [
          [1, 2],
          [4, 5],
        ],
      ),
    ).toBe(25);
    expect(tokensInOrder([[5, 1, 6, 2, 7]], [[1, 2, 5, 6, 7]])).toBe(60);
    expect(score([[1, 2]], [[2]])).toBe("0.00 % in their places, 50.00 % in order");
  });

  test("Languages know the words to learn from, and the model's tokens", () => {
    const languages = new Languages(makePairs(50, 5, 1));
    expect(languages.tokens.sourceVocabulary).toBe(languages.english.size);
    const { x, y } = languages.encode([{ english: ["the", "boat"], french: ["le", "."] }]);
    expect(x[0]![1]).toBe(UNKNOWN);
    expect(languages.french.decode(y[0]!)).toEqual(["le", "."]);
  });

  test("inParts keeps the order", () => {
    const sizes: number[] = [];
    const doubled = inParts([1, 2, 3, 4, 5], 2, (part) => {
      sizes.push(part.length);
      return part.map((n) => 2 * n);
    });
    expect(doubled).toEqual([2, 4, 6, 8, 10]);
    expect(sizes).toEqual([2, 2, 1]);
  });

  test("drawAttention: a line a word, dark where it looked", () => {
    const lines: string[] = [];
    const line = (text = "") => void lines.push(text);
    drawAttention(
      { line },
      ["the", "cat"],
      ["le", "chat"],
      [
        [1, 0],
        [0.26, 0.74],
      ],
    );
    expect(lines).toEqual(["  le │██  │ the", "chat │░░▓▓│ cat"]);
  });
});

const CONLLU = `# text = Don't go, Ann.
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tDo\tdo\tAUX\tVBP\t_\t3\taux\t_\t_
2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_
3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_
3.1\tnow\tnow\tADV\tRB\t_\t_\t_\t_\t_

# a second one, without an empty line behind it
1\tAnn\tAnn\tPROPN\tNNP\t_\t0\troot\t_\t_`;

describe("treebank", () => {
  test("CoNLL-U: words and tags, nothing else", () => {
    for (const text of [CONLLU, CONLLU.replaceAll("\n", "\r\n")])
      expect(parseConllu(text)).toEqual([
        { words: ["Do", "n't", "go"], tags: ["AUX", "PART", "VERB"].map((t) => TAGS.indexOf(t)) },
        { words: ["Ann"], tags: [TAGS.indexOf("PROPN")] },
      ]);
    expect(parseConllu("")).toEqual([]);
  });

  test("files by their names, and what is wrong with them", () => {
    writeFileSync(join(folder, "en_ewt-ud-dev.conllu"), CONLLU);
    expectUserError(() => readTreebanks(folder), /en_ewt-ud-test\.conllu: cannot be read/);
    writeFileSync(join(folder, "en_ewt-ud-test.conllu"), "1\tAnn\tAnn\tNAME");
    expectUserError(() => readTreebanks(folder), /test\.conllu: expected a word .* in line 1$/);
    writeFileSync(join(folder, "en_ewt-ud-test.conllu"), CONLLU);
    expect(readTreebanks(folder).test.length).toBe(2);
  });

  test("views: the word, its ending, its shape; a batch of them", () => {
    const words = ["Paris", "10-12", "McÉtat"];
    expect(words.map((word) => views.map((view) => view(word)))).toEqual([
      ["paris", "ris", "Xx"],
      ["10-12", "-12", "d-d"],
      ["mcétat", "tat", "XxXx"],
    ]);
    const sentences = [
      { words: ["a", "a"], tags: [1, 2] },
      { words: ["a"], tags: [3] },
    ];
    const { seen, tags, lengths } = batchOf(sentences, indexViews(sentences));
    expect(lengths).toEqual([2, 1]);
    expect(seen).toEqual(
      Array(3).fill([
        [4, 4],
        [4, 0],
      ]),
    );
    expect(tags).toEqual([
      [1, 2],
      [3, -1],
    ]);
  });

  test("made ones: the same for the same seed; some words are two things", () => {
    const { train } = makeTreebanks(200, 1, 2);
    expect(makeTreebanks(200, 1, 2).train).toEqual(train);
    const seen = train.flatMap(({ words, tags }) => words.map((w, i) => `${w} ${TAGS[tags[i]!]}`));
    for (const both of ["fish NOUN", "fish VERB", "can NOUN", "can AUX"])
      expect(seen).toContain(both);
  });

  test("a tagger shows words with tags", () => {
    const { train } = makeTreebanks(10, 1, 2);
    const [sentence] = train;
    const shown = new Tagger(train, 1).show(sentence!).split(" ");
    expect(shown.map((word) => word.split("/")[0])).toEqual(sentence!.words);
  });
});

describe("dialogue", () => {
  test("lines in turn", () => {
    const path = join(folder, "dialogue.txt");
    writeFileSync(path, "One?\r\nTwo.\r\n\r\nThree?\r\nFour.\r\n");
    expect(readDialogue(path)).toEqual([
      ["One?", "Two."],
      ["Three?", "Four."],
    ]);
    writeFileSync(path, "\n");
    expectUserError(() => readDialogue(path), /expected lines in pairs, got 0$/);
    expectUserError(() => readDialogue(join(folder, "no")), /cannot be read \(ENOENT\)$/);
  });

  test("words and marks", () => {
    expect(wordsOf("It's Élise, isn’t it?! 3 o'clock")).toEqual([
      ...["It's", "Élise", ",", "isn’t", "it", "?", "!", "3", "o'clock"],
    ]);
  });

  test("fifty exchanges, each said once", () => {
    expect(exchanges.length).toBe(50);
    expect(new Set(exchanges.map(([said]) => said)).size).toBe(50);
  });

  test("a bot learns what it is told, and has an answer to anything", () => {
    const bot = new Bot(
      [
        ["Ping?", "Pong, of course."],
        ["Who goes there?", "It's me: Ann!"],
      ],
      1,
    );
    const optimizer = new Adam({ learningRate: 1e-2 });
    for (let step = 0; step < 80; step++) optimizer.minimize(() => bot.loss());
    expect(bot.answer("ping?")).toBe("Pong, of course.");
    expect(bot.answer("So who goes there?")).toBe("It's me: Ann!");
    for (const said of ["", "?", "quite something else"])
      expect(typeof bot.answer(said)).toBe("string");
  });
});
