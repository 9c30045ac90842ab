import { Word2Vec } from "gatewise/word2vec";
import { describe, expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import golden from "../goldens/word2vec.json" with { type: "json" };
import { describeKernelSets } from "../kernel-sets.ts";
import { trained } from "./support.ts";

const goldenBytes = Uint8Array.from(atob(golden.binary), (byte) => byte.charCodeAt(0));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const vectorsOf = (model: Word2Vec): Float32Array[] =>
  model.words.map((word) => model.vector(word));

describeKernelSets("word2vec's formats", () => {
  test("written and read again: the same words, and vectors to the bit", async () => {
    const model = await trained({ vectorSize: 7 });
    for (const restored of [
      Word2Vec.fromText(model.toText()),
      Word2Vec.fromBinary(model.toBinary()),
      Word2Vec.fromBinary(model.toBinary().buffer),
    ]) {
      expect(restored.words).toEqual(model.words);
      expect(restored.vectorSize).toBe(7);
      expect(vectorsOf(restored)).toEqual(vectorsOf(model));
      expect(restored.toText()).toBe(model.toText());
    }
  });

  test("every float32 in decimals: denormals, the largest, -0", () => {
    const values = [1e-45, 3.4028235e38, -0.1, 1 / 3, 16777217, 1.17549435e-38, 1.23456789e-4, -0];
    const decimals = values.map((v) => (Object.is(v, -0) ? "-0" : `${Math.fround(v)}`));
    const text = `1 ${values.length}\nw ${decimals.join(" ")}\n`;
    const model = Word2Vec.fromText(text);
    expect([...model.vector("w")]).toEqual(values.map(Math.fround));
    expect([...Word2Vec.fromText(model.toText()).vector("w")]).toEqual(values.map(Math.fround));
    expect(model.toText()).toContain(" -0.1 0.33333334 ");
  });

  test("words with a byte order mark, beyond the basic plane, of marks alone", async () => {
    const words = ["\ufeffthe", "the", "\ufeff", "\u{1f33b}", "e\u0301", "é"];
    const model = await trained({}, [words]);
    expect(Word2Vec.fromBinary(model.toBinary()).words).toEqual(words);
    expect(Word2Vec.fromText(model.toText()).words).toEqual(words);
  });

  test("gensim's files: the same vectors out of both, and what gensim says of them", () => {
    const [text, binary] = [Word2Vec.fromText(golden.text), Word2Vec.fromBinary(goldenBytes)];
    expect(text.words).toEqual(
      golden.text
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((l) => l.split(" ")[0]),
    );
    expect(vectorsOf(text)).toEqual(vectorsOf(binary));
    expect(text.similarity("sun", "snow")).toBeCloseTo(golden.similarity, 6);
    for (const [found, expected] of [
      [text.mostSimilar("ice"), golden.mostSimilar],
      [text.analogy({ positive: ["sun", "ice"], negative: ["naïve"] }, 4), golden.analogy],
    ] as [[string, number][], [string, number][]][]) {
      expect(found.map(([word]) => word)).toEqual(expected.map(([word]) => word));
      found.forEach(([, similarity], i) => {
        expect(similarity).toBeCloseTo(expected[i]![1], 6);
      });
    }
  });

  test("the binary format, byte by byte as the authors' program writes it", () => {
    const bytes = Word2Vec.fromText("2 2\né 1 -2\nb 0.5 0\n").toBinary();
    const float = (x: number): number[] => [...new Uint8Array(Float32Array.of(x).buffer)];
    expect([...bytes]).toEqual([
      ...utf8("2 2\n"),
      ...utf8("é "),
      ...[1, -2].flatMap(float),
      10,
      ...utf8("b "),
      ...[0.5, 0].flatMap(float),
      10,
    ]);
  });

  test("text as the authors' program writes it, a space behind each line; Windows' line breaks", () => {
    for (const text of [
      "2 2\n</s> 0.25 -1.5 \nb 1e-3 2 \n",
      "2 2\r\n</s> 0.25 -1.5\r\nb 1e-3 2\r\n",
    ]) {
      const model = Word2Vec.fromText(text);
      expect(model.words).toEqual(["</s>", "b"]);
      expect([...model.vector("</s>"), ...model.vector("b")]).toEqual(
        [0.25, -1.5, 1e-3, 2].map(Math.fround),
      );
    }
  });

  test("no words at all", () => {
    const none = Word2Vec.fromText(new Word2Vec({ vectorSize: 3 }).toText());
    expect([none.words, none.vectorSize, none.mostSimilar([1, 2, 3])]).toEqual([[], 3, []]);
  });
});

describe("files of another kind", () => {
  const text = (value: string) => () => Word2Vec.fromText(value);
  const bytes = (value: Uint8Array | string) => () =>
    Word2Vec.fromBinary(typeof value === "string" ? new TextEncoder().encode(value) : value);

  test("text", () => {
    expectErrors([
      ["nothing", RangeError, text(""), /a first line with the number of words/],
      ["no header", RangeError, text("sun 1 2\n"), /got "sun 1 2"/],
      ["no size", RangeError, text("1 0\nsun\n"), /got "1 0"/],
      ["too few lines", RangeError, text("3 1\na 1\nb 2\n"), /3 lines of words, got 2/],
      ["too many", RangeError, text("1 1\na 1\nb 2\n"), /expected 1 line of words, got 2/],
      ["too few numbers", RangeError, text("2 2\na 1 2\nb 1\n"), /2 numbers in line 3, got 1/],
      ["no number", RangeError, text("1 2\na 1 x\n"), /finite numbers in line 2, got "x"/],
      ["an empty one", RangeError, text("1 3\na 1  2\n"), /finite numbers in line 2, got ""/],
      ["infinite", RangeError, text("1 1\na Infinity\n"), /got "Infinity"/],
      ["infinite as a float32", RangeError, text("1 2\na 1 -1e39\n"), /line 2, got "-1e39"/],
      [
        "a size that is none",
        RangeError,
        text("1 99999999999\na 1\n"),
        /^Word2Vec\.fromText: expected 1 word of 99999999999 numbers, got 18 characters/,
      ],
      ["no word", RangeError, text("1 1\n 1\n"), /a word before every vector, got none as word 1/],
      ["twice", RangeError, text("2 1\na 1\na 2\n"), /every word once, got "a" twice/],
      ["bytes", TypeError, () => Word2Vec.fromText(wrong(goldenBytes)), /expected text/],
    ]);
  });

  test("bytes", () => {
    const cut = goldenBytes.slice(0, -5);
    const shifted = goldenBytes.with(goldenBytes.indexOf(10) + 1, 32);
    const huge = Float32Array.of(1, Number.POSITIVE_INFINITY);
    const infinite = [...utf8("1 2\na "), ...new Uint8Array(huge.buffer)];
    expectErrors([
      ["nothing", RangeError, bytes(""), /a first line with the number of words/],
      ["text", RangeError, bytes(golden.text.slice(0, 50)), /10 words of 6 numbers, got 50 bytes/],
      ["cut short", RangeError, bytes(cut), /10 words of 6 numbers/],
      [
        "longer",
        RangeError,
        bytes(Uint8Array.of(...goldenBytes, 7)),
        /nothing behind 10 words, got 1 byte$/,
      ],
      ["no word", RangeError, bytes(shifted), /a word before every vector, got none as word 1/],
      ["infinite", RangeError, bytes(Uint8Array.from(infinite)), /finite numbers for "a"/],
      [
        "a string",
        TypeError,
        () => Word2Vec.fromBinary(wrong("vectors.bin")),
        /bytes as a Uint8Array/,
      ],
    ]);
  });

  test("words that no file can hold", async () => {
    for (const word of ["New York", "a\nb", "\ud83c", "\udf3b\ud83c"]) {
      const model = await trained({}, [[word, "b", word, "b"]]);
      expectErrors([
        ["text", RangeError, () => model.toText(), /whole characters, without spaces and line/],
        ["binary", RangeError, () => model.toBinary(), /toBinary/],
      ]);
    }
  });
});
