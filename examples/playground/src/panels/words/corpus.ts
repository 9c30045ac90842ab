import { type Generator, generator } from "../../../../support/generator.ts";
import { type Sentence, TAGS } from "../../../../support/treebank.ts";
import { type Group, groups, list } from "./groups.ts";
import { endings, lexicon, patterns, tagOf } from "./lexicon.ts";

const oneOf = <T>(choices: readonly T[], random: Generator): T =>
  choices[Math.floor(random() * choices.length)]!;

const syllables = list("ba do ki lu me no ra su ti vo pre con sta tri fla");
/** The share of words that are new: what they are must show in their ends, their place, or both. */
const NEW = 0.2;

function word(slot: string, random: Generator): string {
  const ends = endings[slot];
  if (ends && random() < NEW)
    return oneOf(syllables, random) + oneOf(syllables, random) + oneOf(ends, random);
  return lexicon[slot] ? oneOf(lexicon[slot], random) : slot;
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

/** Sentences whose words have their parts of speech: made by patterns, as "DET NOUN VERB". */
export function taggedSentences(count: number, seed: number): Sentence[] {
  const random = generator(seed);
  return Array.from({ length: count }, () => {
    const slots = oneOf(patterns, random);
    const words = slots.map((slot) => word(slot, random));
    if (random() < 0.7) words[0] = capital(words[0]!);
    if (random() < 0.2) words.pop(); // one that is still being typed has no full stop
    const tags = slots.map((slot) => TAGS.indexOf(lexicon[slot] ? tagOf(slot) : "PUNCT"));
    return { words, tags: tags.slice(0, words.length) };
  });
}

/** What is said of each group; names of groups stand for one of their words. */
const company: Readonly<Record<Group, readonly string[]>> = {
  animals: [
    "the animals sleeps in the barn",
    "a hungry animals hunts at night",
    "the animals has soft fur and a long tail",
    "a wild animals runs from the animals",
  ],
  food: [
    "people eats food with food for breakfast",
    "a slice of fresh food tastes sweet",
    "people cooks food and serves hot food",
    "the food is on the plate",
  ],
  people: [
    "my people says hello to the people",
    "the people smiles and tells a story",
    "the people works in the places",
    "an old people thinks about her people",
  ],
  places: [
    "people walks through the places to the places",
    "the places is near the places",
    "many people live around the places",
    "there is a gate between the places and the places",
  ],
  weather: [
    "the weather comes with cold clouds in winter",
    "after the weather comes more weather",
    "heavy weather falls from the grey sky",
    "the forecast for tomorrow says weather and weather",
  ],
  music: [
    "people plays the music in the orchestra",
    "a loud music and a soft music sound together",
    "she practises the music for the concert",
    "the tune of the music is slow",
  ],
  clothes: [
    "people wears a woollen clothes and a clothes",
    "he buttons the blue clothes",
    "a clothes made of leather fits well",
    "she puts the clothes in the wardrobe",
  ],
  journeys: [
    "people travels by journeys to the coast",
    "the journeys leaves at noon with all passengers",
    "a ticket for the journeys is cheap",
    "the journeys is faster than the journeys",
  ],
};

const names = Object.keys(groups) as Group[];

/** The groups by word, for those that belong to one. */
export const groupOf: ReadonlyMap<string, Group> = new Map(
  names.flatMap((name) => list(groups[name]).map((noun) => [noun, name] as const)),
);

/** Sentences about nouns of all groups, in lower case: each group keeps company of its own. */
export function plainSentences(count: number, seed: number): string[][] {
  const random = generator(seed);
  return Array.from({ length: count }, () =>
    list(oneOf(company[oneOf(names, random)], random)).map((slot) =>
      slot in groups ? oneOf(list(groups[slot as Group]), random) : slot,
    ),
  );
}
