import { type Generator, generator } from "./generator.ts";
import { split } from "./words.ts";

/** Sentences in two languages, word by word: those to learn from, and those held out. */
export interface Pairs {
  readonly train: readonly Pair[];
  readonly test: readonly Pair[];
}

export interface Pair {
  readonly english: readonly string[];
  readonly french: readonly string[];
}

/** Every so-manyth pair is held out, so that all parts of a file are in both. */
export function holdOut(pairs: readonly Pair[], held: number): Pairs {
  const every = Math.floor(pairs.length / held);
  const isHeld = (n: number): boolean => n % every === 0 && n < held * every;
  return {
    train: pairs.filter((_, n) => !isHeld(n)),
    test: pairs.filter((_, n) => isHeld(n)),
  };
}

/** French nouns with their articles; 1 is feminine. */
const nouns = [
  ["cat", "chat", 0],
  ["dog", "chien", 0],
  ["horse", "cheval", 0],
  ["garden", "jardin", 0],
  ["book", "livre", 0],
  ["mouse", "souris", 1],
  ["house", "maison", 1],
  ["car", "voiture", 1],
  ["apple", "pomme", 1],
  ["table", "table", 1],
] as const;

/** Masculine and feminine, and whether they stand before the noun. */
const adjectives = [
  ["big", "grand", "grande", true],
  ["small", "petit", "petite", true],
  ["pretty", "joli", "jolie", true],
  ["green", "vert", "verte", false],
  ["white", "blanc", "blanche", false],
  ["black", "noir", "noire", false],
] as const;

const verbs = [
  ["sees", "voit"],
  ["likes", "aime"],
  ["looks for", "cherche"],
  ["does not see", "ne voit pas"],
  ["does not like", "n' aime pas"],
] as const;

const times = [
  ["", ""],
  ["today", "aujourd'hui"],
  ["in winter", "en hiver"],
  ["in june", "en juin"],
] as const;

const oneOf = <T>(list: readonly T[], random: Generator): T =>
  list[Math.floor(random() * list.length)]!;

/** "the green apple" and "la pomme verte": gender and order differ. */
function phrase(random: Generator): [english: string, french: string] {
  const [english, french, gender] = oneOf(nouns, random);
  const article = gender ? "la" : "le";
  if (random() < 0.3) return [`the ${english}`, `${article} ${french}`];
  const [word, masculine, feminine, before] = oneOf(adjectives, random);
  const adjective = gender ? feminine : masculine;
  const order = before ? `${adjective} ${french}` : `${french} ${adjective}`;
  return [`the ${word} ${english}`, `${article} ${order}`];
}

/** Sentences made up by a small grammar: "the green apple does not see the cat today ." No sentence comes twice. */
export function makePairs(train: number, held: number, seed: number): Pairs {
  const random = generator(seed);
  const made = new Map<string, Pair>();
  while (made.size < train + held) {
    const [subject, verb, object, time] = [
      phrase(random),
      oneOf(verbs, random),
      phrase(random),
      oneOf(times, random),
    ];
    const [english, french] = [0, 1].map((side) =>
      split(`${subject[side]} ${verb[side]} ${object[side]} ${time[side]} .`),
    ) as [string[], string[]];
    made.set(english.join(" "), { english, french });
  }
  return holdOut([...made.values()], held);
}
