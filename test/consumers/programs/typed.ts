import { Adam, engine, type InitOptions, Linear, LSTM, mse, randn, type Tensor } from "gatewise";
import { padSequences } from "gatewise/data";
import { jsKernels } from "gatewise/js";
import { Seq2Seq } from "gatewise/seq2seq";
import { type TokenLevel, Vocabulary } from "gatewise/text";
import { Word2Vec } from "gatewise/word2vec";

const options: InitOptions = { kernels: jsKernels };
const level: TokenLevel = "char";
const vocabulary: Vocabulary = Vocabulary.fromText("abc", { level });
const { lengths }: { readonly lengths: Int32Array } = padSequences([[1, 2], [3]], {
  features: false,
});
const lstm = new LSTM(3, 4, { seed: 1 });
const head = new Linear(4, 1, { seed: 2 });
const x: Tensor = randn([2, 5, 3], { seed: 3 });
const y: Tensor = randn([2, 5, 1], { seed: 4 });
const optimizer = new Adam({ learningRate: 0.01 });
const loss: number = optimizer.minimize(() => mse(head.forward(lstm.forward(x).output), y));
// @ts-expect-error: sizes are numbers
const wrong = (): LSTM => new LSTM("3", 4);

export const result = (): readonly unknown[] => [
  ...[Number.isFinite(loss), vocabulary.tokens, [...lengths], engine().kernels],
  ...[typeof options.kernels, typeof wrong, typeof Seq2Seq, typeof Word2Vec],
];
