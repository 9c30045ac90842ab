import type { BuiltInCell } from "../cells/built-in.ts";
import { layOut } from "../cells/schedule.ts";
import {
  checkChoice,
  checkFlag,
  checkOptions,
  checkSize,
  kindError,
  valueError,
} from "../core/check.ts";
import { Module } from "../core/module.ts";
import { initializeUniform } from "../core/parameter.ts";
import { deriveSeed } from "../core/random.ts";
import { scope } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { perplexity } from "../metrics.ts";
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import { GRU, LSTM, RNN } from "../nn/layers.ts";
import { Linear } from "../nn/linear.ts";
import { Stream } from "../nn/stream.ts";
import { crossEntropy } from "../ops/cross-entropy.ts";
import { type ContiguousBatch, contiguousBatches } from "./contiguous-batches.ts";
import {
  type GenerateOptions,
  type GenerateStreamOptions,
  generateText,
  type Source,
  streamText,
} from "./generation.ts";
import { Sampler } from "./sampler.ts";
import { checkText } from "./tokens.ts";
import {
  type FitPlan,
  type LanguageModelFitOptions,
  type LanguageModelHistory,
  MeanLoss,
  planFit,
  runFit,
  type Score,
} from "./training.ts";
import { Vocabulary } from "./vocabulary.ts";

/** What a language model is made of. */
export interface LanguageModelOptions {
  /** What it reads and writes. */
  readonly vocabulary: Vocabulary;
  /** The cells of its layers. Default "lstm". */
  readonly cell?: "rnn" | "lstm" | "gru" | undefined;
  /** Features of a token's vector. Default 0: tokens go in as rows of zeros with a one. */
  readonly embeddingSize?: number | undefined;
  /** Features of each layer's state. */
  readonly hiddenSize: number;
  /** Layers on top of one another. Default 1. */
  readonly numLayers?: number | undefined;
  /** The share of each layer's outputs that is dropped while it is trained. Default 0. */
  readonly dropout?: number | undefined;
  /**
   * Whether the output layer's weights are those of the embedding (Press & Wolf 2017): needs an embeddingSize that is the
   * hiddenSize. Default false.
   */
  readonly tieWeights?: boolean | undefined;
  /** For initial weights and dropout: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

const optionNames = [
  "vocabulary",
  "cell",
  "embeddingSize",
  "hiddenSize",
  "numLayers",
  "dropout",
  "tieWeights",
  "seed",
] as const;

const layers = { rnn: RNN, lstm: LSTM, gru: GRU };

/** The most tokens that go in as rows of zeros with a one: the table of these rows grows with the square of it. */
const mostOneHot = 4096;
/** A text is evaluated in parts of at least so many tokens side by side, as a part begins without knowing what was before. */
const leastEvaluated = 1024;
/** The most parts side by side, and the steps of each that are computed at a time. */
const evaluated = { batchSize: 32, unroll: 64 };

/** The states of the cells, from the first layer's to the last one's. */
type States = readonly unknown[];

/** Rows [batch][time] step by step: [time · batch]. */
function byStep(rows: readonly Int32Array[]): Int32Array {
  const batch = rows.length;
  const numbers = new Int32Array(batch * rows[0]!.length);
  rows.forEach((row, b) => {
    for (let t = 0; t < row.length; t++) numbers[t * batch + b] = row[t]!;
  });
  return numbers;
}

/** An embedding that is no parameter of anything: each token's row has a one at its number. */
function oneHot(where: string, size: number): Embedding {
  if (size > mostOneHot)
    throw valueError(where, `embeddingSize for a vocabulary of more than ${mostOneHot} tokens`, 0);
  const rows = new Float32Array(size * size);
  for (let i = 0; i < size; i++) rows[i * size + i] = 1;
  const table = new Embedding(size, size, { seed: 0 });
  table.weight.assign(rows);
  return table;
}

/**
 * A language model: it reads a text token by token and says after each what may come next (T. Mikolov et al., "Recurrent
 * neural network based language model", 2010). An embedding, layers of cells, and a linear layer on top; trained by truncated
 * back-propagation through time, the state carried on from batch to batch.
 *
 * Parameters: embedding.weight [V, E], those of `rnn` with torch's names, output.weight [V, H] and output.bias [V].
 */
export class LanguageModel extends Module {
  /** What it reads and writes. */
  readonly vocabulary: Vocabulary;
  /** Tokens' vectors; absent where tokens go in as rows of zeros with a one. */
  readonly embedding?: Embedding;
  /** The recurrent layers. */
  readonly rnn: RNN | LSTM | GRU;
  /** From the last layer's outputs [·, H] to a logit for each token [·, V]. */
  readonly output: Linear;
  /** What drops the last layer's outputs in training. */
  readonly dropout: Dropout;
  readonly #table: Embedding;

  /** Throws a TypeError for an unknown option or no vocabulary, a RangeError for sizes that do not fit. */
  constructor(options: LanguageModelOptions) {
    super();
    const where = "LanguageModel";
    if (typeof options !== "object") throw kindError(where, "options with a vocabulary", options);
    const checked = checkOptions(where, options, optionNames);
    const {
      vocabulary,
      cell = "lstm",
      embeddingSize = 0,
      hiddenSize,
      numLayers = 1,
      seed,
    } = checked;
    if (!(vocabulary instanceof Vocabulary)) throw kindError(where, "a vocabulary", vocabulary);
    checkChoice(where, "cell", cell, ["rnn", "lstm", "gru"]);
    checkSize(where, "embeddingSize", embeddingSize, 0);
    checkSize(where, "hiddenSize", hiddenSize);
    checkSize(where, "numLayers", numLayers);
    if (seed !== undefined) checkSize(where, "seed", seed, 0);
    const tied = checkFlag(where, "tieWeights", checked.tieWeights);
    if (tied && embeddingSize !== hiddenSize)
      throw valueError(
        where,
        `embeddingSize ${hiddenSize}, as hiddenSize, for tieWeights`,
        embeddingSize,
      );
    const { size } = vocabulary;
    this.vocabulary = vocabulary;
    this.dropout = new Dropout(checked.dropout ?? 0, { seed: deriveSeed(seed, 1) });
    this.#table =
      embeddingSize > 0
        ? new Embedding(size, embeddingSize, { seed: deriveSeed(seed, 2) })
        : oneHot(where, size);
    if (embeddingSize > 0) this.embedding = this.#table;
    const { weight } = this.#table;
    if (tied) initializeUniform(where, [weight], 1 / Math.sqrt(hiddenSize), deriveSeed(seed, 2));
    this.rnn = new layers[cell](this.#table.size, hiddenSize, {
      numLayers,
      seed: deriveSeed(seed, 8),
    });
    this.output = new Linear(hiddenSize, size, {
      weight: tied ? weight : undefined,
      seed: deriveSeed(seed, 3),
    });
  }

  get #cells(): readonly BuiltInCell<unknown>[] {
    return this.rnn.cells as unknown as readonly BuiltInCell<unknown>[];
  }

  /** The mean loss of a batch, and the states after it. */
  #run(batch: ContiguousBatch, states: States | undefined): { loss: Tensor; states: States } {
    const numbers = byStep(batch.inputs);
    const rows = batch.inputs.length;
    const schedule = layOut(rows, numbers.length / rows, true, undefined);
    let outputs: Tensor | undefined;
    const next = this.#cells.map((cell, i) => {
      const step = outputs
        ? cell.unroll(outputs, schedule, states?.[i])
        : cell.unrollEntries(this.#table.weight, numbers, schedule, states?.[i]);
      outputs = this.dropout.forward(step.outputs);
      return step.state;
    });
    const logits = this.output.forward(outputs!);
    return { loss: crossEntropy(logits, byStep(batch.targets)), states: next };
  }

  *#train({ batches, optimizer }: FitPlan): Generator<Score> {
    const parameters = this.parameters();
    let states: States | undefined;
    for (const batch of batches) {
      const step = optimizer.minimize(() => this.#run(batch, states), parameters);
      states = step.states;
      yield { loss: step.loss, count: countOf(batch) };
    }
  }

  *#evaluate(tokens: Int32Array): Generator<Score> {
    const parts = Math.max(1, Math.floor((tokens.length - 1) / leastEvaluated));
    const batchSize = Math.min(parts, evaluated.batchSize);
    let states: States | undefined;
    for (const batch of contiguousBatches(tokens, { ...evaluated, batchSize })) {
      const step = scope(() => this.#run(batch, states));
      states = step.states;
      yield { loss: step.loss.item(), count: countOf(batch) };
    }
  }

  /**
   * Trains the model on a text: its tokens in `batchSize` parts side by side, `unroll` of each a step, the state carried on
   * from step to step and zeros again at the start of an epoch (see `contiguousBatches`). A text whose parts are shorter
   * than one `unroll` is one step of what there is. Leaves the event loop its turn every few milliseconds.
   * Throws a TypeError or RangeError for a wrong argument, a text of no more than `batchSize` tokens, or one with tokens
   * that the vocabulary does not have.
   */
  async fit(text: string, options: LanguageModelFitOptions): Promise<LanguageModelHistory> {
    const plan = planFit(this.#read("LanguageModel.fit", text, 0), options);
    return runFit(
      { train: (given) => this.#train(given), evaluate: (tokens) => this.#evaluate(tokens) },
      plan,
    );
  }

  /**
   * Among how many equally likely tokens one would be as unsure of the next one: e^(mean cross-entropy in nats). Every token
   * is predicted from those before it; a long text is read in up to 32 parts side by side, each from a state of zeros, less
   * the tokens (fewer than there are parts) that do not fill them.
   * Throws a RangeError for a text of less than two tokens.
   */
  perplexity(text: string): number {
    return perplexity(this.#meanLoss("LanguageModel.perplexity", text));
  }

  /** As `perplexity`: how many bits a character of the text takes, log₂ of it for tokens that are characters. */
  bitsPerCharacter(text: string): number {
    const where = "LanguageModel.bitsPerCharacter";
    const nats = this.#meanLoss(where, text) / Math.LN2;
    if (this.vocabulary.level === "char") return nats;
    const tokens = this.vocabulary.split(text);
    const characters = [...text].length - [...tokens[0]!].length;
    return (nats * (tokens.length - 1)) / characters;
  }

  #meanLoss(where: string, text: string): number {
    const mean = new MeanLoss();
    for (const score of this.#evaluate(this.#read(where, text, 2))) mean.add(score);
    return mean.value;
  }

  #read(where: string, text: string, least: number): Int32Array {
    const tokens = this.vocabulary.encode(checkText(where, "text", text));
    if (tokens.length < least)
      throw valueError(where, `a text of at least ${least} tokens`, tokens.length);
    return tokens;
  }

  /**
   * Text that goes on from a prompt, without it: at most `length` tokens, each drawn by what the network makes of those before
   * it. Padding and the unknown token are never drawn. The same seed gives the same text, in every engine.
   * Throws a RangeError for a prompt with tokens that the vocabulary does not have, or a negative temperature.
   */
  generate(options?: GenerateOptions): string {
    return generateText(this.#source(), options);
  }

  /**
   * As `generate`, token by token: the texts, one behind the other, are what `generate` returns. Ends where its reader leaves
   * (`break`), and leaves the event loop its turn every few milliseconds.
   */
  generateStream(options?: GenerateStreamOptions): AsyncGenerator<string, void, undefined> {
    return streamText(this.#source(), options);
  }

  #source(): Source {
    const { vocabulary } = this;
    return {
      vocabulary,
      stream: () => new Stream([this.#table, this.rnn, this.output]),
      sampler: (where, options, never) =>
        new Sampler(where, this.home!, vocabulary.size, options, never),
    };
  }
}

/** How many tokens a batch predicts. */
const countOf = ({ targets }: ContiguousBatch): number => targets.length * targets[0]!.length;
