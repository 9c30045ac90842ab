/** Groups of nouns: words of a group are used alike, so that vectors of them come to lie together. */
export const groups = {
  animals: "cat dog horse cow sheep fox mouse bear rabbit wolf",
  food: "bread cheese soup rice cake honey butter apple salad pie",
  people: "mother father teacher doctor farmer baker sister brother king queen",
  places: "house garden school market forest city farm village kitchen street",
  weather: "rain snow wind storm fog thunder",
  music: "piano violin drum flute guitar trumpet",
  clothes: "coat hat shoe scarf shirt glove",
  journeys: "train boat car bus ship plane",
} as const;

export type Group = keyof typeof groups;

/** The words of a list with blanks between them. */
export const list = (words: string): string[] => words.split(" ");
