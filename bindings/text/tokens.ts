import { kindError } from "../core/check.ts";

/** What a token is: a character, or a word. */
export type TokenLevel = "char" | "word";

/** Makes sure that something is a text. */
export function checkText(where: string, name: string, value: unknown): string {
  if (typeof value !== "string") throw kindError(where, `${name} to be a string`, value);
  return value;
}

/**
 * The segmenter for words of a language. Throws a RangeError for what is no language tag, an Error where the engine has no
 * segmenter.
 */
export function wordSegmenter(where: string, language: string): Intl.Segmenter {
  if (!(Intl as Partial<typeof Intl>).Segmenter)
    throw new Error(
      `${where}: expected an engine with Intl.Segmenter for level "word" (Node 16, Chrome 87, Safari 14.1, Firefox 125 or newer), got one without`,
    );
  try {
    return new Intl.Segmenter(language, { granularity: "word" });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `${where}: expected language to be a BCP 47 tag such as "en", got "${language}"`;
    throw new RangeError(message, { cause });
  }
}

/**
 * The words of a text, as UAX 29 and a language's dictionary have them; each punctuation mark, symbol and line break ("\n",
 * whatever it was) a token of its own. Other white space is left out.
 */
export function* words(text: string, segmenter: Intl.Segmenter): Generator<string> {
  for (const { segment } of segmenter.segment(text))
    if (/^[\n\r\u2028\u2029]/.test(segment)) yield "\n";
    else if (/\S/.test(segment)) yield segment;
}
