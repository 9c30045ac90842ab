import { checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { Pauses } from "../models/pause.ts";
import type { Stream } from "../nn/stream.ts";
import { type Sampler, type SamplingOptions, samplingNames } from "./sampler.ts";
import { checkText } from "./tokens.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What text can be generated with. */
export interface GenerateOptions extends SamplingOptions {
  /** What the text goes on from. Default: the start of a line, or where no token is a line break the most frequent one. */
  readonly prompt?: string | undefined;
  /** The most tokens that are generated: characters, or words and punctuation marks. Default 100. */
  readonly length?: number | undefined;
  /** Tokens that end the text, and are no part of it. */
  readonly stop?: string | readonly string[] | undefined;
}

/** What a stream of text can be generated with. */
export interface GenerateStreamOptions extends GenerateOptions {
  /** Aborted, it ends the text: the iterator throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames = [...samplingNames, "prompt", "length", "stop"] as const;

/** What generates: a network that takes the number of a token and gives logits, and the tokens themselves. */
export interface Source {
  readonly vocabulary: Vocabulary;
  stream(): Stream;
  sampler(where: string, options: SamplingOptions, never: readonly number[]): Sampler;
}

/** What is read before the first token that is generated, where the prompt has none. */
function firstToken(vocabulary: Vocabulary): number {
  const isSpecial = (n: number): boolean => n === vocabulary.padding || n === vocabulary.unknown;
  const mostFrequent = vocabulary.tokens.findIndex((_, number) => !isSpecial(number));
  return vocabulary.numberOf("\n") ?? mostFrequent;
}

function stopTokens(
  where: string,
  vocabulary: Vocabulary,
  stop: string | readonly string[],
): Set<number> {
  const list = typeof stop === "string" ? [stop] : stop;
  if (!Array.isArray(list)) throw kindError(where, "stop to be a token or an array of them", stop);
  return new Set(
    (list as readonly string[]).map((token) => {
      const number = vocabulary.numberOf(checkText(where, "stop", token));
      if (number === undefined)
        throw valueError(where, "stop to be tokens of the vocabulary", JSON.stringify(token));
      return number;
    }),
  );
}

/** Text on its way, token by token. */
class Generation {
  readonly #stream: Stream;
  readonly #sampler: Sampler;
  readonly #logits: Float32Array;
  readonly #stop: Set<number>;
  readonly #prompt: Int32Array;
  readonly #decode: (number: number) => string;
  /** Whether the space before the first word is in the prompt already. */
  #space: boolean;
  #left: number;
  #last: number;

  constructor(where: string, source: Source, options: GenerateOptions) {
    const { prompt = "", length = 100, stop = [] } = options;
    const { vocabulary } = source;
    this.#left = checkSize(where, "length", length, 0);
    this.#stop = stopTokens(where, vocabulary, stop);
    this.#prompt = vocabulary.encode(checkText(where, "prompt", prompt));
    this.#last = this.#prompt.at(-1) ?? firstToken(vocabulary);
    this.#space = vocabulary.level === "word" && /[^\S\n]$/.test(prompt);
    const never = [vocabulary.padding, vocabulary.unknown].filter((n) => n !== undefined);
    this.#sampler = source.sampler(where, options, never);
    this.#stream = source.stream();
    this.#logits = new Float32Array(vocabulary.size);
    this.#decode = vocabulary.decoder();
    for (const token of this.#prompt) this.#decode(token);
  }

  /** Has the network read all of the prompt but its last token. */
  begin(): void {
    for (const token of this.#prompt.subarray(0, -1)) this.#stream.step(token, this.#logits);
  }

  /** The text of the next token; undefined at the end. */
  next(): string | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    this.#stream.step(this.#last, this.#logits);
    this.#last = this.#sampler.pick(this.#logits);
    if (this.#stop.has(this.#last)) {
      this.#left = 0;
      return undefined;
    }
    const text = this.#decode(this.#last);
    if (!this.#space) return text;
    this.#space = false;
    return text.trimStart();
  }

  dispose(): void {
    this.#stream.dispose();
    this.#sampler.dispose();
  }
}

/** Generates all of a text at once. */
export function generateText(source: Source, options: GenerateOptions | undefined): string {
  const where = "LanguageModel.generate";
  const generation = new Generation(where, source, checkOptions(where, options, optionNames));
  try {
    generation.begin();
    const texts: string[] = [];
    for (let text = generation.next(); text !== undefined; text = generation.next())
      texts.push(text);
    return texts.join("");
  } finally {
    generation.dispose();
  }
}

/** Generates a text token by token. Arguments are checked at once, not when it is first asked for a token. */
export function streamText(
  source: Source,
  options: GenerateStreamOptions | undefined,
): AsyncGenerator<string, void, undefined> {
  const where = "LanguageModel.generateStream";
  const { signal, ...rest } = checkOptions(where, options, [...optionNames, "signal"]);
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function")
    throw kindError(where, "signal to be an AbortSignal", signal);
  return run(new Generation(where, source, rest), new Pauses(signal));
}

async function* run(generation: Generation, pauses: Pauses): AsyncGenerator<string, void> {
  try {
    generation.begin();
    for (let text = generation.next(); text !== undefined; text = generation.next()) {
      await pauses.pause();
      yield text;
    }
  } finally {
    generation.dispose();
  }
}
