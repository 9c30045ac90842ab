import {
  checkChoice,
  checkOptions,
  checkSize,
  describe,
  kindError,
  valueError,
} from "../core/check.ts";
import { Spacing } from "./spacing.ts";
import { checkText, type Level, wordSegmenter, words } from "./tokens.ts";

/** What a vocabulary can be made with. */
export interface VocabularyOptions {
  /** Whether tokens are characters (code points) or words. Default "char". */
  readonly level?: Level | undefined;
  /** Whose words, as a BCP 47 tag: "en", "ja", "zh-Hans". Default "en". */
  readonly language?: string | undefined;
  /** Tokens that are rarer are left out. Default 1. */
  readonly minCount?: number | undefined;
  /** The most tokens there may be, `padding` and `unknown` among them: the most frequent ones. Default: no limit. */
  readonly maxSize?: number | undefined;
  /** A token that stands for nothing, to fill rows with: its text, or true for "<pad>". Default: none. */
  readonly padding?: boolean | string | undefined;
  /** A token that stands for all that have no number: its text, or true for "<unk>". Default: none. */
  readonly unknown?: boolean | string | undefined;
}

/** All of a vocabulary as plain data. */
export interface VocabularyData {
  /** Whether tokens are characters (code points) or words. */
  readonly level: Level;
  /** Whose words, as a BCP 47 tag. */
  readonly language: string;
  /** By number. */
  readonly tokens: readonly string[];
  /** Which of the tokens stands for nothing, if any. */
  readonly padding?: string | undefined;
  /** Which of the tokens stands for all others, if any. */
  readonly unknown?: string | undefined;
}

const optionNames = ["level", "language", "minCount", "maxSize", "padding", "unknown"] as const;
const levels = ["char", "word"] as const;

/** The text of a token that may be left out, or named, or be there under the usual name. */
function specialToken(where: string, name: string, given: unknown, usual: string) {
  if (given === undefined || given === false) return undefined;
  if (given === true) return usual;
  if (typeof given !== "string")
    throw kindError(where, `${name} to be true, false or the text of a token`, given);
  if (given === "") throw valueError(where, `${name} to be the text of a token`, '""');
  return given;
}

/** Tokens by how often they occur, the most frequent first; equals in the order of their code units. */
function byFrequency(tokens: Iterable<string>, minCount: number): string[] {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([token]) => token);
}

/** The characters or words of texts, and their numbers from 0 on. */
export class Vocabulary {
  /** Whether tokens are characters (code points) or words. */
  readonly level: Level;
  /** Whose words. */
  readonly language: string;
  /** Every token by its number. */
  readonly tokens: readonly string[];
  /** The number of the token that stands for nothing, if there is one. */
  readonly padding: number | undefined;
  /** The number of the token that stands for all that have no number, if there is one. */
  readonly unknown: number | undefined;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #segmenter: Intl.Segmenter | undefined;

  /**
   * The characters or words of a text, the most frequent first, behind padding and unknown.
   * Throws a TypeError for what is no string, a RangeError where no token is left.
   */
  static fromText(text: string, options?: VocabularyOptions): Vocabulary {
    const where = "Vocabulary.fromText";
    const settings = checkOptions(where, options, optionNames);
    const { level = "char", language = "en", minCount = 1, maxSize } = settings;
    checkText(where, "text", text);
    checkChoice(where, "level", level, levels);
    checkText(where, "language", language);
    checkSize(where, "minCount", minCount);
    const padding = specialToken(where, "padding", settings.padding, "<pad>");
    const unknown = specialToken(where, "unknown", settings.unknown, "<unk>");
    const special = [padding, unknown].filter((token) => token !== undefined);
    if (maxSize !== undefined) checkSize(where, "maxSize", maxSize, special.length + 1);
    const all = level === "char" ? text : words(text, wordSegmenter(where, language));
    const found = byFrequency(all, minCount).filter((token) => !special.includes(token));
    if (found.length === 0)
      throw valueError(where, `a text with tokens that occur ${minCount} times`, describe(text));
    const tokens = [...special, ...found].slice(0, maxSize);
    return new Vocabulary({ level, language, tokens, padding, unknown });
  }

  /** What `toJSON` gave, as it is or out of JSON.parse. Throws a TypeError or RangeError for anything else. */
  static fromJSON(data: VocabularyData): Vocabulary {
    return new Vocabulary(data);
  }

  /** Tokens of one's own, numbered in their order. Throws a TypeError or RangeError where they make no vocabulary. */
  constructor(data: VocabularyData) {
    const where = "Vocabulary";
    if (typeof data !== "object" || data === null)
      throw kindError(where, "an object with level, language and tokens", data);
    const names = ["level", "language", "tokens", "padding", "unknown"] as const;
    const { level, language, tokens, padding, unknown } = checkOptions(where, data, names);
    this.level = checkChoice(where, "level", level, levels);
    this.language = checkText(where, "language", language);
    if (!Array.isArray(tokens)) throw kindError(where, "tokens to be an array of strings", tokens);
    tokens.forEach((token, i) => {
      if (checkText(where, `tokens[${i}]`, token) === "")
        throw valueError(where, `tokens[${i}] not to be empty`, '""');
    });
    this.tokens = Object.freeze([...(tokens as readonly string[])]);
    this.#numbers = new Map(this.tokens.map((token, number) => [token, number]));
    if (this.#numbers.size < this.size || this.size === 0)
      throw valueError(where, "tokens, each of them once", `${this.size} with repetitions or none`);
    this.padding = this.#special(where, "padding", padding);
    this.unknown = this.#special(where, "unknown", unknown);
    if (level === "word") this.#segmenter = wordSegmenter(where, language);
  }

  #special(where: string, name: string, token: string | undefined): number | undefined {
    if (token === undefined) return undefined;
    const number = this.#numbers.get(checkText(where, name, token));
    if (number === undefined)
      throw valueError(where, `${name} to be among the tokens`, `"${token}"`);
    return number;
  }

  /** How many tokens there are. */
  get size(): number {
    return this.tokens.length;
  }

  /** The number of a token; undefined where it has none. */
  numberOf(token: string): number | undefined {
    return this.#numbers.get(token);
  }

  /** The characters of a text, or its words, punctuation marks and line breaks. */
  split(text: string): string[] {
    return [...this.#pieces(checkText("Vocabulary.split", "text", text))];
  }

  #pieces(text: string): Iterable<string> {
    return this.#segmenter ? words(text, this.#segmenter) : text;
  }

  /** The numbers of a text's tokens. Throws a RangeError that names a token without one, where there is no `unknown`. */
  encode(text: string): Int32Array {
    const where = "Vocabulary.encode";
    const numbers = new Int32Array(checkText(where, "text", text).length);
    let n = 0;
    for (const token of this.#pieces(text))
      numbers[n++] = this.#numbers.get(token) ?? this.#unknownFor(where, token);
    return numbers.slice(0, n);
  }

  #unknownFor(where: string, token: string): number {
    if (this.unknown !== undefined) return this.unknown;
    const kind = this.level === "char" ? "characters" : "words";
    throw valueError(where, `${kind} of the vocabulary`, JSON.stringify(token));
  }

  /**
   * The text of numbers. Between words are the spaces that prose has; padding is left out. Throws a RangeError for a number
   * that no token has.
   */
  decode(numbers: ArrayLike<number>): string {
    const where = "Vocabulary.decode";
    if (typeof numbers?.length !== "number" || typeof numbers === "string")
      throw kindError(where, "an array of numbers", numbers);
    const decoder = this.decoder();
    return Array.from(numbers, (number) => {
      if (this.tokens[number] === undefined)
        throw valueError(where, `whole numbers from 0 to ${this.size - 1}`, describe(number));
      return decoder(number);
    }).join("");
  }

  /** @internal Decodes number by number: the texts of all, one behind the other, are what `decode` gives. */
  decoder(): (number: number) => string {
    const spacing = this.level === "word" ? new Spacing() : undefined;
    return (number) => {
      if (number === this.padding) return "";
      const token = this.tokens[number]!;
      return spacing ? spacing.add(token) : token;
    };
  }

  /** All of it as plain data: `JSON.stringify(vocabulary)` saves it, `Vocabulary.fromJSON` brings it back. */
  toJSON(): VocabularyData {
    const { level, language, tokens, padding, unknown } = this;
    return {
      ...{ level, language, tokens },
      ...(padding !== undefined && { padding: tokens[padding]! }),
      ...(unknown !== undefined && { unknown: tokens[unknown]! }),
    };
  }
}
