import type { Tensor } from "gatewise";
import { Seq2Seq } from "gatewise/seq2seq";
import { UserError } from "./errors.ts";
import { readTextFile } from "./files.ts";
import { type Generator, generator } from "./generator.ts";
import { END, PAD, START, UNKNOWN, WordIndex } from "./words.ts";

/** What is said, and the answer. */
export type Exchange = readonly [said: string, answer: string];

/** What `--data FILE` is for. */
export const DIALOGUE_FILE = `dialogue to learn: a line that is said, below it its answer,
and so on; a dialogue with a lighthouse keeper if not given`;

/** Reads lines and their answers in turn; empty lines do not count. */
export function readDialogue(path: string): Exchange[] {
  const text = readTextFile(path);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0 || lines.length % 2 !== 0)
    throw new UserError(`${path}: expected lines in pairs, got ${lines.length}`);
  return Array.from({ length: lines.length / 2 }, (_, n) => [lines[2 * n]!, lines[2 * n + 1]!]);
}

/** Words, and each mark by itself. */
export const wordsOf = (text: string): string[] =>
  text.match(/[\p{L}\p{M}\p{N}'’]+|[^\s\p{L}\p{M}\p{N}'’]/gu) ?? [];

/** How often, in training, a word is hidden, left out, or has an unknown one put before it: it has to do with some of them. */
const [HIDDEN, LEFT_OUT, PUT_BEFORE] = [0.1, 0.1, 0.15];

/** A network that learns the answers to lines by heart, and says what it makes of others. */
export class Bot {
  readonly model: Seq2Seq;
  readonly #said: WordIndex;
  readonly #answers: WordIndex;
  readonly #sources: readonly number[][];
  readonly #targets: readonly number[][];
  readonly #random: Generator;

  constructor(exchanges: readonly Exchange[], seed: number) {
    const said = exchanges.map(([line]) => wordsOf(line.toLowerCase()));
    const answers = exchanges.map(([, line]) => wordsOf(line));
    this.#said = new WordIndex(said);
    this.#answers = new WordIndex(answers);
    this.#sources = said.map((words) => this.#said.encode(words));
    this.#targets = answers.map((words) => this.#answers.encode(words));
    this.#random = generator(seed);
    this.model = new Seq2Seq({
      sourceVocabulary: this.#said.size,
      targetVocabulary: this.#answers.size,
      hiddenSize: 64,
      bidirectional: true,
      padToken: PAD,
      startToken: START,
      endToken: END,
      seed,
    });
  }

  /** The loss over all exchanges, what is said with some of its words as others might put it. */
  loss(): Tensor {
    const garbled = this.#sources.map((row) => row.flatMap((token) => this.#garble(token)));
    return this.model.loss(garbled, this.#targets);
  }

  #garble(token: number): number[] {
    const before = this.#random() < PUT_BEFORE ? [UNKNOWN] : [];
    const chance = this.#random();
    if (chance < LEFT_OUT) return before;
    return [...before, chance < LEFT_OUT + HIDDEN ? UNKNOWN : token];
  }

  /** What it says to something. */
  answer(said: string): string {
    const [tokens] = this.model.decode([this.#said.encode(wordsOf(said.toLowerCase()))], {
      beamWidth: 4,
    });
    return this.#answers
      .decode(tokens!)
      .join(" ")
      .replace(/ ([^\s\p{L}\p{N}])/gu, "$1");
  }
}

/** Fifty exchanges to begin with. */
export const exchanges: readonly Exchange[] = [
  ["Hello!", "Hello, traveller. Mind the steps."],
  ["Good morning.", "Morning. The fog has lifted."],
  ["Good night.", "Sleep well. I shall watch the lamp."],
  ["How are you?", "My knees creak, but the lamp is bright."],
  ["Who are you?", "I am the keeper of this lighthouse."],
  ["What is your name?", "They call me Maren."],
  ["How old are you?", "Older than the lamp, younger than the rock."],
  ["Where are you from?", "From a village behind the dunes."],
  ["Do you live here alone?", "With a cat and eleven thousand waves."],
  ["What is the name of your cat?", "The cat is called Biscuit."],
  ["Are you married?", "Only to the sea."],
  ["Do you have children?", "A daughter. She sails on the Aurora."],
  ["What do you do all day?", "I polish brass and write down the weather."],
  ["What do you eat?", "Fish on Friday, and fish on every other day."],
  ["What do you drink?", "Black tea, strong enough to float a nail."],
  ["Can I have some tea?", "The kettle is on. Take the blue cup."],
  ["Are you hungry?", "Always. Is that bread in your bag?"],
  ["Can you cook?", "I can boil water on a good day."],
  ["How high is the tower?", "Forty metres, and every one of them is stairs."],
  ["How many steps are there?", "Two hundred and seven. I counted twice."],
  ["When was it built?", "In 1871, after the great storm."],
  ["Who built the lighthouse?", "Three brothers with one hammer."],
  ["How far can one see the light?", "Twenty miles, if the night is clear."],
  ["How does the lamp work?", "A small flame and a very large lens."],
  ["May I see the lamp?", "Follow me, and hold the rail."],
  ["Did the lamp ever go out?", "Once. We do not speak of it."],
  ["What is the weather like today?", "Wind from the west, and rain by noon."],
  ["Will it rain tomorrow?", "My left knee says yes."],
  ["Is a storm coming?", "The gulls are quiet. So, yes."],
  ["Are you afraid of storms?", "I respect them. They respect me."],
  ["Is it cold in winter?", "The ink freezes, but not the tea."],
  ["Can you swim?", "Like an anchor."],
  ["Do you have a boat?", "A green one. It leaks a little."],
  ["Can you take me to the island?", "At high tide, if you row."],
  ["When is high tide?", "Half past six, give or take a wave."],
  ["Are there ghosts?", "Just one. He is shy."],
  ["Have you seen a whale?", "Last Tuesday. It winked at me."],
  ["Do you like music?", "I play the accordion when nobody listens."],
  ["Can you sing?", "The foghorn sings better."],
  ["What are you reading?", "An old almanac. I know how it ends."],
  ["Do you get letters?", "The post boat comes on Mondays."],
  ["Do you miss the town?", "I miss the bakery, not the noise."],
  ["Are you lonely?", "The light keeps me company."],
  ["What is your favourite colour?", "The grey just before dawn."],
  ["Do you believe in mermaids?", "They owe me two nets."],
  ["What time is it?", "Time to wind the clock."],
  ["Can I stay here tonight?", "There is a bunk under the stairs."],
  ["Can you help me?", "Tell me what is broken."],
  ["Thank you.", "You are welcome. Close the door behind you."],
  ["Goodbye!", "Fair winds, traveller."],
];

/** Ways of saying some of it that are not among the fifty, by the line that they mean. */
export const paraphrases: readonly Exchange[] = [
  ["Please tell me your name.", "What is your name?"],
  ["And how old would you be?", "How old are you?"],
  ["I would love some tea.", "Can I have some tea?"],
  ["Is there a storm on the way?", "Is a storm coming?"],
  ["How high is that tower of yours?", "How high is the tower?"],
];
