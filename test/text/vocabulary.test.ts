import { Vocabulary, type VocabularyData, type VocabularyOptions } from "gatewise/text";
import { expect, test, vi } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";

const word = (text: string, options?: VocabularyOptions) =>
  Vocabulary.fromText(text, { level: "word", ...options });

test("characters are code points, the most frequent first, equals in order", () => {
  const vocabulary = Vocabulary.fromText("b😀a😀\n𠮷b😀");
  expect(vocabulary.tokens).toEqual(["😀", "b", "\n", "a", "𠮷"]);
  expect(vocabulary.level).toBe("char");
  expect(vocabulary.size).toBe(5);
  expect([...vocabulary.encode("a😀𠮷")]).toEqual([3, 0, 4]);
  expect(vocabulary.decode([4, 0, 3, 2])).toBe("𠮷😀a\n");
  expect(vocabulary.encode("").length).toBe(0);
  expect(vocabulary.decode([])).toBe("");
});

test("half a surrogate pair is a token of its own", () => {
  const vocabulary = Vocabulary.fromText("\ud83d x");
  expect(vocabulary.decode(vocabulary.encode("x\ud83d"))).toBe("x\ud83d");
});

test("words: punctuation, line breaks and symbols are tokens of their own", () => {
  const text = `"Don't go," she said.\r\n\r\nIt's 3.14 (or not)…\ta  b\rc`;
  expect(word(text).split(text)).toEqual([
    ...['"', "Don't", "go", ",", '"', "she", "said", ".", "\n", "\n"],
    ...["It's", "3.14", "(", "or", "not", ")", "…", "a", "b", "\n", "c"],
  ]);
});

test.each([
  ["zh-Hans", "我喜欢读书。你呢？", "喜欢"],
  ["zh-Hant", "「今天天氣很好！」他說：我用JavaScript寫程序，每天寫。", "今天"],
  ["ja", "花子：私は学生です。「本を読むのが好きです」と言いました。", "学生"],
  ["ja", "コーヒーを飲む？はい、飲みます。", "コーヒー"],
  ["th", "สวัสดีครับ", "ครับ"],
])("words of %s, %s: no spaces come in", (language, text, included) => {
  const vocabulary = word(text, { language });
  expect(vocabulary.split(text)).toContain(included);
  expect(vocabulary.split(text).join("")).toBe(text);
  expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
});

test.each([
  "ANNA: Where have you been?\nBEN: At the lake, as I said.\n\nANNA: Again!\n",
  'He said, "Go now," and went. "Why?" she asked (twice).',
  "a well-known either/or [see #12], 5% of $30: don't…",
  "a 'quoted' word; ¿qué? ¡sí! “and so” on – «là»",
  '"one\ntwo" three',
  "小明: 你好，世界\n小红: 好！",
  "مرحبا، كيف حالك؟ بخير؛ 5٪.",
  "हाँ। नहीं॥ Բարեւ։",
])("words come back as they were set: %j", (text) => {
  const vocabulary = word(text);
  const tidy = text.replace(" – ", "–"); // a dash holds on to both sides
  expect(vocabulary.decode(vocabulary.encode(text))).toBe(
    text.startsWith('"one') ? '"one\ntwo "three' : tidy, // a quote ends with its line
  );
});

test("rare tokens are left out by minCount, then by maxSize", () => {
  const text = "a b b c c c d d d d";
  expect(word(text).tokens).toEqual(["d", "c", "b", "a"]);
  expect(word(text, { minCount: 2 }).tokens).toEqual(["d", "c", "b"]);
  expect(word(text, { maxSize: 2 }).tokens).toEqual(["d", "c"]);
  const both = word(text, { maxSize: 4, padding: true, unknown: "?" });
  expect(both.tokens).toEqual(["<pad>", "?", "d", "c"]);
});

test("the unknown token stands for all others, padding for nothing", () => {
  const vocabulary = word("x y", { padding: true, unknown: true });
  expect([vocabulary.padding, vocabulary.unknown]).toEqual([0, 1]);
  expect([...vocabulary.encode("y z x")]).toEqual([3, 1, 2]);
  expect(vocabulary.decode([0, 3, 0, 1, 2, 0])).toBe("y <unk> x");
  expect(vocabulary.numberOf("y")).toBe(3);
  expect(vocabulary.numberOf("z")).toBeUndefined();
  const without = word("x", { padding: false });
  expect([without.padding, without.unknown]).toEqual([undefined, undefined]);
});

test.each<VocabularyOptions>([
  {},
  { level: "word", language: "ja" },
  { level: "word", padding: "_", unknown: true },
  { unknown: "�" },
])("saved and loaded it is the same: %j", (options) => {
  const vocabulary = Vocabulary.fromText("一つ, two, three.\n", options);
  const data = JSON.parse(JSON.stringify(vocabulary)) as VocabularyData;
  const again = Vocabulary.fromJSON(data);
  expect(again.toJSON()).toEqual(vocabulary.toJSON());
  expect(again.encode("two\n")).toEqual(vocabulary.encode("two\n"));
  expect([again.padding, again.unknown]).toEqual([vocabulary.padding, vocabulary.unknown]);
  expect([again.level, again.language]).toEqual([vocabulary.level, vocabulary.language]);
  if (options.unknown) expect(again.encode("Ω")).toEqual(Int32Array.of(vocabulary.unknown!));
});

test("words need a segmenter, characters do not", () => {
  vi.stubGlobal("Intl", { ...Intl, Segmenter: undefined });
  try {
    expect(() => word("a b")).toThrow(
      /^Vocabulary\.fromText: expected an engine with Intl\.Segmenter .*Firefox 125/,
    );
    expect(Vocabulary.fromText("ab").size).toBe(2);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("errors", () => {
  const vocabulary = Vocabulary.fromText("the dog");
  const { fromText, fromJSON } = Vocabulary;
  const data = vocabulary.toJSON();
  expectErrors([
    ["unknown character", RangeError, () => vocabulary.encode("the Ω"), /got "Ω"$/],
    ["unknown word", RangeError, () => word("a b").encode("a frog"), /words of the .*got "frog"$/],
    ["no text", TypeError, () => fromText(wrong(undefined))],
    ["a list", TypeError, () => fromText(wrong(["a"]))],
    ["empty text", RangeError, () => fromText(""), /a text with tokens, got the string ""/],
    ["white space", RangeError, () => word("  \t")],
    ["nothing frequent", RangeError, () => fromText("ab", { minCount: 2 }), /2 times/],
    ["level", RangeError, () => fromText("a", { level: wrong("line") }), /"char" or "word"/],
    ["language", RangeError, () => word("a", { language: "not a tag" }), /BCP 47.*"not a tag"/],
    ["language", TypeError, () => word("a", { language: wrong(3) })],
    ["minCount", RangeError, () => fromText("a", { minCount: 0 })],
    ["maxSize", RangeError, () => fromText("a", { maxSize: 2, padding: true, unknown: true })],
    ["unknown", TypeError, () => fromText("a", { unknown: wrong(1) }), /unknown to be true/],
    ["padding", RangeError, () => fromText("a", { padding: "" })],
    ["option", TypeError, () => fromText("a", wrong({ max: 3 })), /got max/],
    ["encode", TypeError, () => vocabulary.encode(wrong(7))],
    ["split", TypeError, () => vocabulary.split(wrong(null))],
    ["decode", RangeError, () => vocabulary.decode([0, 99]), /from 0 to 6, got 99/],
    ["decode", RangeError, () => vocabulary.decode([0.5])],
    ["decode", RangeError, () => vocabulary.decode([-1])],
    ["decode", TypeError, () => vocabulary.decode(wrong(3))],
    ["decode", TypeError, () => vocabulary.decode(wrong("012"))],
    ["no data", TypeError, () => fromJSON(wrong(null))],
    ["no tokens", TypeError, () => fromJSON(wrong({ ...data, tokens: "abc" }))],
    [
      "twice",
      RangeError,
      () => fromJSON({ ...data, tokens: ["a", "b", "a"] }),
      /^Vocabulary\.fromJSON: expected every token once, got "a" twice/,
    ],
    ["by hand", RangeError, () => new Vocabulary({ ...data, tokens: ["a", "a"] }), /^Vocabulary: /],
    ["none", RangeError, () => fromJSON({ ...data, tokens: [] }), /at least one token, got none/],
    [
      "same",
      RangeError,
      () => fromText("a", { padding: "x", unknown: "x" }),
      /differ, got "x" twice/,
    ],
    [
      "same",
      RangeError,
      () => fromJSON({ ...data, padding: "t", unknown: "t" }),
      /differ, got "t"/,
    ],
    [
      "padding",
      RangeError,
      () => fromText("a_b", { padding: "_" }),
      /no token of the text, got "_"/,
    ],
    ["empty", RangeError, () => fromJSON({ ...data, tokens: ["a", ""] }), /tokens\[1\]/],
    ["number", TypeError, () => fromJSON({ ...data, tokens: wrong(["a", 1]) }), /tokens\[1\]/],
    ["padding", RangeError, () => fromJSON({ ...data, padding: "<pad>" }), /padding.*"<pad>"/],
    ["level", TypeError, () => fromJSON(wrong({ tokens: ["a"], language: "en" }))],
    ["extra", TypeError, () => fromJSON(wrong({ ...data, size: 3 })), /got size/],
  ]);
});
