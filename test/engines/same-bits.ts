import {
  Adam,
  bidirectionalDynamicRNN,
  type Cell,
  Dropout,
  dynamicRNN,
  Embedding,
  GRU,
  GRUCell,
  LayerNormGRUCell,
  LayerNormLSTMCell,
  LayerNormRNNCell,
  Linear,
  LSTM,
  LSTMCell,
  layers,
  MultiRNNCell,
  mse,
  ResidualWrapper,
  RNN,
  RNNCell,
  randn,
  randomInts,
  Stream,
  sequential,
  softsign,
  type Tensor,
} from "gatewise";
import { Seq2Seq } from "gatewise/seq2seq";
import { LanguageModel, Vocabulary } from "gatewise/text";
import { Word2Vec } from "gatewise/word2vec";
import { type Hashable, hash } from "./hash.ts";
import { named, operations, optimized, type Results } from "./operations.ts";

/**
 * 200 steps of an LSTM, a GRU and an RNN on top of one another, with dropout between them and Adam. The LSTM is large
 * enough to be shared out among threads.
 */
function training(): Results {
  const [batch, time, inputs] = [16, 20, 8];
  const lstm = new LSTM(inputs, 64, { seed: 1 });
  const gru = new GRU(64, 24, { seed: 2 });
  const rnn = new RNN(24, 17, { seed: 3 });
  const head = new Linear(17, 3, { seed: 4 });
  const dropout = new Dropout(0.2, { seed: 5 });
  const x = randn([batch, time, inputs], { seed: 6 });
  const y = randn([batch, time, 3], { seed: 7 });
  const forward = (): Tensor => {
    const first = dropout.forward(lstm.forward(x).output);
    const second = dropout.forward(gru.forward(first).output);
    return head.forward(rnn.forward(second).output);
  };
  const optimizer = new Adam({ learningRate: 3e-3, clipNorm: 1 });
  const loss = Float64Array.from({ length: 200 }, () =>
    optimizer.minimize(() => mse(forward(), y)),
  );
  return {
    "training.loss": loss,
    ...named("training.lstm", lstm.parameters()),
    ...named("training.gru", gru.parameters()),
    ...named("training.rnn", rnn.parameters()),
    ...named("training.head", head.parameters()),
    "training.output": forward().data,
  };
}

const seed = 11;

/** Every cell with the options that change its equations. */
const cells: Readonly<Record<string, () => unknown>> = {
  "RNN tanh": () => new RNNCell(5, 9, { seed }),
  "RNN relu": () => new RNNCell(5, 9, { seed, nonlinearity: "relu" }),
  LSTM: () => new LSTMCell(5, 9, { seed }),
  "LSTM projected, with peepholes": () =>
    new LSTMCell(5, 9, { seed, projSize: 4, peepholes: true, forgetBias: 1, cellClip: 1 }),
  "LSTM coupled": () => new LSTMCell(5, 9, { seed, coupled: true, clip: 2 }),
  "LSTM softsign": () => new LSTMCell(5, 9, { seed, activation: softsign }),
  GRU: () => new GRUCell(5, 9, { seed }),
  "GRU reset before": () => new GRUCell(5, 9, { seed, resetAfter: false }),
  "RNN layer-normalised": () => new LayerNormRNNCell(5, 9, { seed }),
  "LSTM layer-normalised": () => new LayerNormLSTMCell(5, 9, { seed }),
  "GRU layer-normalised": () => new LayerNormGRUCell(5, 9, { seed }),
  "LSTM on a residual GRU": () =>
    new MultiRNNCell([
      new ResidualWrapper(new GRUCell(5, 5, { seed })),
      new LSTMCell(5, 9, { seed }),
    ]),
};

function unrolled(): Results {
  const x = randn([3, 7, 5], { seed: 12 });
  const sequenceLength = [7, 2, 5];
  const outputs = Object.entries(cells).map(([name, make]): [string, Hashable] => {
    const { outputs } = dynamicRNN(make() as Cell<Tensor>, x, { sequenceLength });
    return [`cell.${name}`, outputs.data];
  });
  const both = [new GRUCell(5, 9, { seed }), new LSTMCell(5, 9, { seed })] as const;
  const [ahead, back] = bidirectionalDynamicRNN(...both, x, { sequenceLength }).outputs;
  return {
    ...Object.fromEntries(outputs),
    "cell.ahead": ahead.data,
    "cell.back": back.data,
  };
}

/** What a stack of layers says step by step. */
function streamed(): Results {
  const [lstm, gru] = [new LSTM(3, 13, { numLayers: 2, seed: 21 }), new GRU(13, 6, { seed: 22 })];
  const stream = new Stream([lstm, gru, new Linear(6, 2, { seed: 23 })]);
  const frames = randn([50, 3], { seed: 24 }).data;
  const outputs = new Float32Array(100);
  for (let t = 0; t < 50; t++)
    stream.step(frames.subarray(3 * t, 3 * t + 3), outputs.subarray(2 * t, 2 * t + 2));
  return { stream: outputs };
}

/** A model of layers, after two epochs of its own training. */
async function model(): Promise<Results> {
  const net = sequential({
    layers: [
      layers.bidirectional({ layer: layers.gru({ units: 7, seed: 31 }), inputShape: [6, 4] }),
      layers.dense({ units: 5, activation: "softmax", seed: 32 }),
    ],
  });
  net.compile({ optimizer: "rmsprop", loss: "categoricalCrossentropy" });
  const x = randn([40, 6, 4], { seed: 33 });
  const classes = randomInts([40], 0, 5, { seed: 34 });
  const y = Array.from(classes, (k) => Array.from({ length: 5 }, (_, i) => (i === k ? 1 : 0)));
  const { loss } = await net.fit(x, y, { epochs: 2, seed: 35 });
  return { "sequential.loss": Float64Array.from(loss!), "sequential.output": net.predict(x).data };
}

async function text(): Promise<Results> {
  const book =
    "she sells sea shells by the sea shore; the shells she sells are sea shells. ".repeat(3);
  const vocabulary = Vocabulary.fromText(book, { level: "char" });
  const writer = new LanguageModel({ vocabulary, cell: "lstm", hiddenSize: 24, seed: 41 });
  const { loss } = await writer.fit(book, {
    optimizer: new Adam({ learningRate: 0.02 }),
    epochs: 20,
    batchSize: 2,
    unroll: 16,
  });
  return {
    "text.loss": Float64Array.from(loss),
    "text.generated": writer.generate({ prompt: "she ", length: 200, temperature: 0.8, seed: 42 }),
    "text.perplexity": Float64Array.of(writer.perplexity(book)),
  };
}

/** Decoded tokens of ragged sources, after some steps of training. */
function translation(attention: "bahdanau" | "luong"): Results {
  const translator = new Seq2Seq({
    ...{ sourceVocabulary: 9, targetVocabulary: 9, embeddingSize: 8, hiddenSize: 12, cell: "gru" },
    ...{ bidirectional: true, attention, padToken: 0, startToken: 1, endToken: 2 },
    seed: 51,
  });
  const source = [[3, 4, 5], [6, 7], [8, 3, 4, 6], [5]];
  const target = source.map((tokens) => [...tokens].reverse());
  const optimizer = new Adam({ learningRate: 0.02, clipNorm: 1 });
  const loss = Float64Array.from({ length: 30 }, () =>
    optimizer.minimize(() => translator.loss(source, target, { teacherForcing: 1 })),
  );
  const beam = { maxLength: 6, beamWidth: 3 };
  return {
    [`${attention}.loss`]: loss,
    [`${attention}.greedy`]: translator.decode(source, { maxLength: 6 }).join(" | "),
    [`${attention}.beam`]: translator.decode(source, beam).join(" | "),
    [`${attention}.attention`]: translator.attention(source, target).data,
  };
}

async function words(): Promise<Results> {
  const topics = ["sun sea sand wave shell", "snow ice frost sled scarf"].map((t) => t.split(" "));
  const numbers = randomInts([60, 9], 0, 5, { seed: 61 });
  const sentences = Array.from({ length: 60 }, (_, i) =>
    Array.from(numbers.subarray(9 * i, 9 * i + 9), (n) => topics[i % 2]![n]!),
  );
  const results: Results = {};
  for (const architecture of ["skipgram", "cbow"] as const) {
    const map = new Word2Vec({ architecture, vectorSize: 10, minCount: 1, subsample: 0, seed: 62 });
    await map.fit(sentences, { epochs: 2 });
    results[`word2vec.${architecture}`] = map.toText();
  }
  return results;
}

/** Random numbers and lookups. */
function elementary(): Results {
  const table = new Embedding(7, 5, { seed: 71 });
  return {
    "random.normal": randn([1001], { seed: 72 }).data,
    "random.embedding": table.forward([[6, 0, 3]]).data,
  };
}

/**
 * Trains and runs cells, layers, streams, models, functions, losses and optimizers with the kernels in use, and gives the
 * hash of every weight, gradient and output. The same in every engine (scripts/engines.mjs), on one thread or more; other kernels have hashes of their own.
 */
export async function sameBits(): Promise<Record<string, string>> {
  const results = {
    ...elementary(),
    ...operations(),
    ...optimized(),
    ...training(),
    ...unrolled(),
    ...streamed(),
    ...(await model()),
    ...(await text()),
    ...translation("bahdanau"),
    ...translation("luong"),
    ...(await words()),
  };
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, hash(value)]));
}
