import { groups, list } from "./groups.ts";

/** By part of speech, words of which each is one thing wherever it stands, or what its place makes it: "fish", "can", "light". */
export const lexicon: Readonly<Record<string, readonly string[]>> = {
  DET: list("the the the a a this that every no some my his their our"),
  ADP: list("in on under with from near behind by for at into through over without"),
  AUX: list("can will must may should could would"),
  COPULA: list("is was are were"),
  PRON: list("she he it they we you I"),
  OBJECT: list("her him it them us you me"),
  CCONJ: list("and and but or"),
  SCONJ: list("because when if while although that"),
  ADV: list("often here never slowly now quickly very there always soon quietly today again"),
  ADJ: list(
    "old big small green happy red cold quiet young new good long light warm dark strange round fast hard little white",
  ),
  NUM: list("two three four five ten 7 12 100"),
  PROPN: list("Anna Paris Tom Maria London Peter Berlin Oliver Kyoto"),
  INTJ: list("oh yes no well hello"),
  NOUN: [
    ...Object.values(groups).flatMap(list),
    ...list(
      "fish can run walk will light play watch book time river letter water friend day night",
    ),
    ...list(
      "cats dogs children trees songs books flowers letters birds years question world man woman",
    ),
  ],
  VERB: [
    ...list(
      "sees likes eats finds makes takes wants brings hears sings reads opens watches writes",
    ),
    ...list(
      "saw liked ate found made took wanted brought heard sang read opened watched wrote went",
    ),
  ],
  /** Verbs as they are after "can" or "they". */
  INFINITIVE: list(
    "see like eat find make take want bring hear sing read open watch write fish run walk light play book go sleep",
  ),
};

/** Where a word of the lexicon is listed apart from others of its kind. */
export const tagOf = (slot: string): string =>
  ({ COPULA: "AUX", OBJECT: "PRON", INFINITIVE: "VERB" })[slot] ?? slot;

/** How words that are not listed end, for each part of speech that takes new ones. */
export const endings: Readonly<Record<string, readonly string[]>> = {
  NOUN: list("er ness tion ment ity ism ist ship"),
  VERB: list("ed izes ates ifies"),
  ADJ: list("ous al ful less ish able ive"),
  ADV: list("ly"),
  INFINITIVE: list("ize ate ify"),
};

/** Sentences as the slots of the lexicon, full stops and commas as they are. */
export const patterns = [
  "DET NOUN VERB .",
  "DET ADJ NOUN VERB DET NOUN .",
  "DET ADJ ADJ NOUN VERB ADV .",
  "PRON AUX INFINITIVE DET NOUN ADP DET NOUN .",
  "PRON AUX ADV INFINITIVE OBJECT !",
  "PRON ADV VERB ADP DET ADJ NOUN .",
  "PROPN VERB OBJECT CCONJ PROPN VERB DET NOUN .",
  "PROPN CCONJ PROPN INFINITIVE ADP PROPN .",
  "DET NOUN ADP DET NOUN AUX ADV INFINITIVE .",
  "DET NOUN COPULA ADV ADJ .",
  "DET NOUN COPULA ADJ CCONJ ADJ .",
  "NUM NOUN COPULA ADP DET NOUN .",
  "PRON VERB NUM ADJ NOUN CCONJ DET NOUN .",
  "SCONJ PRON VERB DET NOUN , PRON AUX INFINITIVE .",
  "PRON VERB SCONJ DET NOUN COPULA ADJ .",
  "INTJ , DET NOUN COPULA ADV !",
  "AUX PRON INFINITIVE DET ADJ NOUN ?",
  "COPULA DET NOUN ADJ ?",
  "INFINITIVE DET NOUN , PROPN !",
  "ADV DET NOUN VERB OBJECT .",
  "ADJ NOUN INFINITIVE ADP NOUN .",
  "PROPN COPULA DET ADJ NOUN ADP PROPN .",
].map(list);
