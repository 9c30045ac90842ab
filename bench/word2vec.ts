// npm run bench:word2vec: word vectors beside gensim's, in turn, on one core.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { init } from "gatewise";
import { jsKernels } from "gatewise/js";
import { Word2Vec, type Word2VecOptions } from "gatewise/word2vec";
import { sharedFolder } from "../test/shared.ts";
import { type Gensim, startGensim } from "./peers/gensim.ts";
import { pinTo } from "./pin.ts";
import { machineName } from "./report.ts";
import { sentencesOf } from "./sentences.ts";

const help = `npm run bench:word2vec -- [options]

  --text FILE    the text to train on (default Shakespeare's, in the folder of test data beside the checkout)
  --repeat N     how often it is repeated (default 5)
  --rounds N     rounds (default 5)
  --core N       the core to run on (default the last one; "none" to let the system choose)
  --help         this text

100 numbers a vector, window 5, 5 words of noise, every word counts; words per second of training, best of all rounds, and
those of counting and training together. gensim: Debian's python3-gensim, one worker.`;

const { values } = parseArgs({
  options: {
    text: { type: "string", default: `${sharedFolder()}/data/shakespeare/input.txt` },
    repeat: { type: "string", default: "5" },
    rounds: { type: "string", default: "5" },
    core: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** Words per second. */
interface Speed {
  readonly training: number;
  readonly whole: number;
}

type Options = Required<Word2VecOptions>;
type Contestant = (options: Options, corpus: readonly string[][], words: number) => Promise<Speed>;

const learningRate = 0.025;

async function ours(options: Options, corpus: readonly string[][], words: number): Promise<Speed> {
  using model = new Word2Vec(options);
  let training = 0;
  const start = performance.now();
  const onProgress = ({ wordsPerSecond }: { wordsPerSecond: number }): void => {
    training = wordsPerSecond;
  };
  await model.fit(corpus, { epochs: 1, learningRate, onProgress });
  return { training, whole: (1000 * words) / (performance.now() - start) };
}

const over =
  (kernels: object): Contestant =>
  async (...run) => {
    await init({ ...kernels, replace: true });
    return ours(...run);
  };

const peer =
  (gensim: Gensim): Contestant =>
  async (options, _, words) => {
    const { count, train } = await gensim.train(options, learningRate, 1);
    return { training: words / train, whole: words / (count + train) };
  };

function best(speeds: readonly Speed[]): Speed {
  const top = (of: (speed: Speed) => number): number => Math.max(...speeds.map(of));
  return { training: top((s) => s.training), whole: top((s) => s.whole) };
}

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  if (!existsSync(values.text)) {
    console.error(`bench: there is no ${values.text}; see --help`);
    process.exit(2);
  }
  const core = pinTo(values.core);
  const text = sentencesOf(values.text);
  const corpus = Array.from({ length: Number(values.repeat) }, () => text).flat();
  const words = corpus.reduce((sum, sentence) => sum + sentence.length, 0);
  const gensim = await startGensim(corpus);
  const rounds = Number(values.rounds);
  console.log(`${machineName()}; ${core}; ${rounds} rounds; ${words} words`);
  const contestants: [name: string, run: Contestant][] = [
    ["gatewise", over({})],
    ["plain TypeScript", over({ kernels: jsKernels })],
  ];
  if ("reason" in gensim) console.log(`gensim: ${gensim.reason}`);
  else contestants.push([`gensim ${gensim.version}`, peer(gensim)]);

  for (const architecture of ["skipgram", "cbow"] as const) {
    const size = { vectorSize: 100, window: 5, negative: 5, minCount: 1, subsample: 1e-3 };
    const options = { ...size, architecture, seed: 1 };
    const speeds = contestants.map((): Speed[] => []);
    for (let round = 0; round < rounds; round++)
      for (const [i, [, run]] of contestants.entries())
        speeds[i]!.push(await run(options, corpus, words));
    const [first] = speeds.map(best);
    console.log(`\n${architecture.padEnd(20)}words/s  ours over it   with counting  ours over it`);
    for (const [i, [name]] of contestants.entries()) {
      const { training, whole } = best(speeds[i]!);
      const figures = [training, first!.training / training, whole, first!.whole / whole];
      const [a, b, c, d] = figures.map((n) => (n < 100 ? n.toFixed(2) : n.toFixed(0)));
      console.log(
        `${name.padEnd(18)}${a!.padStart(9)}${b!.padStart(14)}${c!.padStart(16)}${d!.padStart(14)}`,
      );
    }
  }
  if (!("reason" in gensim)) gensim.close();
}

await main();
