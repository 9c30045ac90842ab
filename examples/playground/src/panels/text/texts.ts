import { type Generator, generator } from "../../../../support/generator.ts";

/** "This is the house that Jack built", a nursery rhyme that grows by a line each time. */
const lines = [
  "the house that Jack built.",
  "the malt\nThat lay in",
  "the rat\nThat ate",
  "the cat\nThat killed",
  "the dog\nThat worried",
  "the cow with the crumpled horn\nThat tossed",
  "the maiden all forlorn\nThat milked",
  "the man all tattered and torn\nThat kissed",
  "the priest all shaven and shorn\nThat married",
  "the cock that crowed in the morn\nThat waked",
  "the farmer sowing his corn\nThat kept",
  "the horse and the hound and the horn\nThat belonged to",
];

const house = (): string =>
  lines
    .map(
      (_, last) =>
        `This is ${lines
          .slice(0, last + 1)
          .reverse()
          .join(" ")}\n`,
    )
    .join("\n");

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** A number below 1000 in words. */
export function inWords(n: number): string {
  if (n < 20) return small[n]!;
  if (n < 100) return tens[Math.floor(n / 10) - 2]! + (n % 10 ? `-${small[n % 10]}` : "");
  const rest = n % 100 ? ` and ${inWords(n % 100)}` : "";
  return `${small[Math.floor(n / 100)]} hundred${rest}`;
}

/** Two of three numbers below 1000, in no order: the others are left to be guessed. */
function numbers(): string {
  const random: Generator = generator(1);
  const order = Array.from({ length: 1000 }, (_, n) => ({ n, at: random() }))
    .filter(({ n }) => n % 3 !== 1)
    .sort((a, b) => a.at - b.at);
  return order.map(({ n }) => `${n}: ${inWords(n)}\n`).join("");
}

/** Texts to begin with. */
export const texts = {
  house: { title: "The house that Jack built", prompt: "This is the ", make: house },
  numbers: { title: "Numbers in words", prompt: "457: ", make: numbers },
} as const;
