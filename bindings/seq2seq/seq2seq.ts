import { checkNumber, checkOptions, valueError } from "../core/check.ts";
import { Module } from "../core/module.ts";
import { deriveSeed, Streams } from "../core/random.ts";
import { inFrame, scope } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { add } from "../ops/arithmetic.ts";
import { crossEntropy } from "../ops/cross-entropy.ts";
import { argmax } from "../ops/reduce.ts";
import { concat, reshape } from "../ops/shape.ts";
import type { Memory } from "./attention-layers.ts";
import { beamSearch } from "./beam-search.ts";
import { Bridge } from "./bridge.ts";
import { decode } from "./decode.ts";
import { type Decoded, Decoder } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import {
  checkDecodeOptions,
  checkSettings,
  type Seq2SeqDecodeOptions,
  type Seq2SeqOptions,
  type SpecialTokens,
} from "./seq2seq-options.ts";
import { createAttention, createCells, neverSaid } from "./seq2seq-parts.ts";
import type { Step } from "./step.ts";
import { type PaddedTokens, padTokens, type TokenSequences } from "./tokens.ts";

/** What training can be given. */
export interface Seq2SeqLossOptions {
  /**
   * The probability that a step is given the true token rather than the model's own (scheduled sampling, Bengio et al. 2015,
   * arXiv:1506.03099). 1, the default, computes all steps at once.
   */
  readonly teacherForcing?: number | undefined;
}

/** Sources that were read: what a decoder begins with and looks at. */
export interface EncodedSources {
  /** The first state of each of the decoder's cells. */
  readonly states: readonly unknown[];
  /** For attention; undefined without it. */
  readonly memory: Memory | undefined;
}

/** Hypotheses that are followed side by side. */
const mostRows = 1024;

/** How to decode, with nothing left open. */
type DecodeSettings = ReturnType<typeof checkDecodeOptions> & { readonly maxLength: number };

/** Sources, and targets as a decoder is trained on them. */
interface Lesson {
  readonly sources: PaddedTokens;
  /** [batch · time] what each step is given: the start, then the target. */
  readonly given: PaddedTokens;
  /** [batch · time] what it is to say: the target, then the end; -1 where nothing counts. */
  readonly wanted: Int32Array;
}

/**
 * Sequence to sequence (Sutskever et al. 2014, arXiv:1409.3215) with attention: an encoder reads the source, a decoder says the
 * target token by token. Sources and targets are arrays of tokens of any length, also 0: an empty source is a state of zeros
 * and a context of zeros. Targets come without start and end; padding at the end of either does not count.
 *
 * The encoder's final states are the decoder's first; with `bidirectional` a linear layer makes one of two. Attention
 * is applied to the decoder's outputs (see `Decoder`), whichever way it scores. Parameters are under encoder., bridge. and
 * decoder.
 */
export class Seq2Seq extends Module {
  /** Reads sources. */
  readonly encoder: Encoder<unknown>;
  /** Merges the final states of both directions, where there are two. */
  readonly bridge?: Bridge<unknown>;
  /** Says targets. */
  readonly decoder: Decoder<unknown>;
  /** Tokens that mean something to the model. */
  readonly special: SpecialTokens;
  /** Added to logits when decoding, [targetVocabulary]: padding and start are never said. */
  readonly #never: Tensor;
  readonly #streams: Streams;

  /** Throws a TypeError or RangeError for options that do not fit. */
  constructor(options: Seq2SeqOptions) {
    super();
    const where = "Seq2Seq";
    const settings = checkSettings(where, options);
    const { sourceVocabulary, targetVocabulary, special, bidirectional, dropout } = settings;
    this.#streams = new Streams(where, settings.seed);
    const part = (n: number): number | undefined => deriveSeed(settings.seed, 2 ** 10 * n);
    const { padToken } = special;
    const encoderCells = createCells(settings, bidirectional ? 2 : 1, part(1));
    const encoderOptions = { padToken, dropout, bidirectional, seed: part(2) };
    this.encoder = new Encoder(sourceVocabulary, encoderCells, encoderOptions);
    if (bidirectional) this.bridge = new Bridge(encoderCells, part(3));
    const decoderCells = createCells(settings, 1, part(4));
    const attention = createAttention(
      where,
      settings.attention,
      decoderCells.at(-1)!.outputSize,
      this.encoder.outputSize,
      part(5),
    );
    const decoderOptions = { padToken, dropout, attention, seed: part(6) };
    this.decoder = new Decoder(targetVocabulary, decoderCells, decoderOptions);
    this.special = special;
    this.#never = neverSaid(targetVocabulary, special);
  }

  /** Reads sources. What comes back is for `step`. */
  encode(sources: TokenSequences): EncodedSources {
    return this.#read(this.encoder.pad("Seq2Seq.encode", "sources", sources));
  }

  #read(sources: PaddedTokens): EncodedSources {
    return inFrame([this], () => {
      const { outputs, lengths, states } = this.encoder.run(sources);
      return {
        states: this.bridge?.forward(states) ?? states,
        memory: this.decoder.attention?.memory(outputs, { lengths }),
      };
    });
  }

  /** The step of sources that were read, for `decode` and `beamSearch`; their state begins with `encoded.states`. */
  step(encoded: EncodedSources): Step<readonly unknown[]> {
    return (tokens, state) => {
      const { logits, states } = this.decoder.step(tokens, state, encoded.memory);
      const [rows, , vocabulary] = logits.shape as [number, number, number];
      return { logits: add(reshape(logits, [rows, vocabulary]), this.#never), state: states };
    };
  }

  /**
   * The mean cross-entropy of the targets' tokens and ends, in nats: what is to be minimised. Sequences may differ in length:
   * they are padded and masked inside.
   */
  loss(sources: TokenSequences, targets: TokenSequences, options?: Seq2SeqLossOptions): Tensor {
    const where = "Seq2Seq.loss";
    const { teacherForcing = 1 } = checkOptions(where, options, ["teacherForcing"]);
    checkNumber(where, "teacherForcing", teacherForcing, 0, 1);
    const lesson = this.#lesson(where, sources, targets);
    return inFrame([this], () => {
      const encoded = this.#read(lesson.sources);
      const logits =
        teacherForcing === 1
          ? this.#forced(where, lesson, encoded).logits
          : this.#sampled(lesson.given, encoded, teacherForcing);
      return crossEntropy(logits, lesson.wanted, { ignoreIndex: -1 });
    });
  }

  /**
   * Where each step of the targets, the one that says the end among them, looks at the sources: [batch, target steps, source
   * steps]. Throws an Error for a model without attention.
   */
  attention(sources: TokenSequences, targets: TokenSequences): Tensor {
    const where = "Seq2Seq.attention";
    if (!this.decoder.attention)
      throw new Error(`${where}: expected a model with attention, got one without`);
    const lesson = this.#lesson(where, sources, targets);
    return inFrame([this], () => this.#forced(where, lesson, this.#read(lesson.sources)).weights!);
  }

  /**
   * The targets of sources, without start and end: by the likeliest token each time, by beam search, or drawn. An empty source
   * has a target, too: what the decoder says of nothing. Thousands of sources are decoded in parts, 1024 hypotheses at a time.
   * Throws a TypeError or RangeError where an argument does not fit, or the model's weights have become NaN.
   */
  decode(sources: TokenSequences, options?: Seq2SeqDecodeOptions): number[][] {
    const where = "Seq2Seq.decode";
    const settings = checkDecodeOptions(where, options);
    const { lengths, batch } = this.encoder.pad(where, "sources", sources);
    const { beamWidth, seed } = settings;
    const { maxLength = 2 * lengths.reduce((a, b) => Math.max(a, b)) + 10 } = settings;
    const most = Math.max(1, Math.floor(mostRows / beamWidth));
    const targets: number[][] = [];
    for (let first = 0; first < batch; first += most) {
      const part = this.encoder.pad(where, "sources", sources.slice(first, first + most));
      // The steps of a part draw from the streams behind those of the part before.
      const drawn = deriveSeed(seed, (first / most) * maxLength);
      targets.push(...this.#decodePart(part, { ...settings, maxLength, seed: drawn }));
    }
    return targets;
  }

  #decodePart(
    sources: PaddedTokens,
    { maxLength, beamWidth, lengthPenalty, temperature, seed }: DecodeSettings,
  ): number[][] {
    const { startToken, endToken } = this.special;
    const ending = { endToken, maxLength };
    return scope(() => {
      const encoded = this.#read(sources);
      const start = new Int32Array(sources.batch).fill(startToken);
      const step = this.step(encoded);
      if (beamWidth === 1)
        return decode(step, start, encoded.states, { ...ending, temperature, seed });
      const search = { ...ending, beamWidth, lengthPenalty };
      return beamSearch(step, start, encoded.states, search).map(([best]) => best!.tokens);
    });
  }

  #lesson(where: string, sources: TokenSequences, targets: TokenSequences): Lesson {
    const { padToken, startToken, endToken } = this.special;
    const vocabulary = this.decoder.embedding.count;
    const read = this.encoder.pad(where, "sources", sources);
    const rules = { vocabulary, padToken, reserved: { ...this.special } };
    const { tokens, lengths, batch, time } = padTokens(where, "targets", targets, rules);
    if (read.batch !== batch) throw valueError(where, `${read.batch} targets, one a source`, batch);
    const steps = time + 1;
    const given = new Int32Array(batch * steps).fill(padToken);
    const wanted = new Int32Array(batch * steps).fill(-1);
    for (let b = 0; b < batch; b++) {
      const own = tokens.subarray(b * time, b * time + lengths[b]!);
      given.set([startToken, ...own], b * steps);
      wanted.set([...own, endToken], b * steps);
    }
    const counted = lengths.map((n) => n + 1);
    return {
      sources: read,
      given: { tokens: given, lengths: counted, batch, time: steps },
      wanted,
    };
  }

  /** All steps at once, each given the true token. */
  #forced(where: string, { given }: Lesson, { states, memory }: EncodedSources): Decoded<unknown> {
    return this.decoder.run(where, given, states, memory, given.lengths);
  }

  /** Step by step, each given the true token with a probability of `rate`, otherwise the one that decoding would say. */
  #sampled({ tokens, batch, time }: PaddedTokens, encoded: EncodedSources, rate: number): Tensor {
    const forced = this.#coins(batch * time, rate);
    const logits: Tensor[] = [];
    let { states } = encoded;
    let said = new Int32Array(batch);
    for (let t = 0; t < time; t++) {
      const given = said.map((token, b) => {
        const at = b * time + t;
        return t === 0 || forced[at] ? tokens[at]! : token;
      });
      const one = this.decoder.step(given, states, encoded.memory);
      logits.push(one.logits);
      states = one.states;
      said = argmax(add(one.logits, this.#never));
    }
    return concat(logits, 1);
  }

  /** So many flags that are true with a probability of `rate`; others at every call. */
  #coins(n: number, rate: number): boolean[] {
    const { low, high, stream } = this.#streams.next();
    return inFrame([this], (frame) => {
      const address = frame.floats(n);
      frame.kernels.random_uniform(address, n, low, high, stream, 0, 1);
      const first = address >>> 2;
      return Array.from(frame.runtime.heap.f32.subarray(first, first + n), (u) => u < rate);
    });
  }
}
