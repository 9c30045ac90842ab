import { checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { checkSignal, Pauses } from "../models/pause.ts";
import type { Stream } from "../nn/stream.ts";
import { checkSampling, type Sampler, type SamplingOptions, samplingNames } from "./sampler.ts";
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

/** What was asked for, checked. Nothing of it is in the kernels' memory. */
interface Plan {
  readonly where: string;
  readonly sampling: SamplingOptions;
  /** What is never drawn. */
  readonly never: readonly number[];
  readonly length: number;
  readonly stop: ReadonlySet<number>;
  readonly prompt: Int32Array;
  /** Whether the space before the first word is in the prompt already. */
  readonly spaced: boolean;
}

function planGeneration(where: string, vocabulary: Vocabulary, options: GenerateOptions): Plan {
  const { prompt = "", length = 100, stop = [], ...sampling } = options;
  const never = [vocabulary.padding, vocabulary.unknown].filter((n) => n !== undefined);
  if (never.length === vocabulary.size)
    throw valueError(where, "a vocabulary with more than padding and unknown", "no more");
  checkSize(where, "length", length, 0);
  checkSampling(where, sampling);
  return {
    where,
    sampling,
    never,
    length,
    stop: stopTokens(where, vocabulary, stop),
    prompt: vocabulary.encodeAs(where, "prompt", prompt),
    spaced: vocabulary.level === "word" && /[^\S\n]$/.test(prompt),
  };
}

/** Text on its way, token by token. */
class Generation {
  readonly #plan: Plan;
  readonly #stream: Stream;
  readonly #sampler: Sampler;
  readonly #logits: Float32Array;
  readonly #decode: (number: number) => string;
  /** Tokens of the prompt that the network has read. */
  #read = 0;
  #left: number;
  #last: number;
  #spaced: boolean;

  constructor({ vocabulary, stream, sampler }: Source, plan: Plan) {
    const { where, sampling, never, length, prompt, spaced } = plan;
    this.#plan = plan;
    this.#left = length;
    this.#last = prompt.at(-1) ?? firstToken(vocabulary);
    this.#spaced = spaced;
    this.#logits = new Float32Array(vocabulary.size);
    this.#decode = vocabulary.decoder();
    for (const token of prompt) this.#decode(token);
    this.#sampler = sampler(where, sampling, never);
    this.#stream = stream();
  }

  /** Has the network read a token of the prompt; false, and nothing read, where no more than the last one is left. */
  read(): boolean {
    const { prompt } = this.#plan;
    if (this.#read >= prompt.length - 1) return false;
    this.#stream.step(prompt[this.#read++]!, this.#logits);
    return true;
  }

  /** The text of the next token, once the prompt is read; undefined at the end. */
  next(): string | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    this.#stream.step(this.#last, this.#logits);
    this.#last = this.#sampler.pick(this.#logits);
    if (this.#plan.stop.has(this.#last)) {
      this.#left = 0;
      return undefined;
    }
    const text = this.#decode(this.#last);
    if (!this.#spaced) return text;
    this.#spaced = false;
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
  const checked = checkOptions(where, options, optionNames);
  const generation = new Generation(source, planGeneration(where, source.vocabulary, checked));
  try {
    let reading = true;
    while (reading) reading = generation.read();
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
  checkSignal(where, signal);
  return run(source, planGeneration(where, source.vocabulary, rest), new Pauses(signal));
}

/** Takes memory only once it is asked for a token: a stream that nobody reads has nothing to give back. */
async function* run(source: Source, plan: Plan, pauses: Pauses): AsyncGenerator<string, void> {
  await pauses.pause();
  const generation = new Generation(source, plan);
  try {
    while (generation.read()) await pauses.pause();
    for (let text = generation.next(); text !== undefined; text = generation.next()) {
      await pauses.pause();
      yield text;
    }
  } finally {
    generation.dispose();
  }
}
