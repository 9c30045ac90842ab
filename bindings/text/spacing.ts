/** No space before: what closes, what ends a part of a sentence. */
const leansBack = /^[\p{Pe}\p{Pf}\p{Pd}\p{Terminal_Punctuation}/_…%٪°]/u;
/** No space behind: what opens, what stands before a name or a number. */
const leansOn = /[\p{Ps}\p{Pi}\p{Pd}/_#@$£€¥¿¡]$/u;
/** Scripts that put no spaces between words, and their punctuation. */
const unspaced =
  "[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Bopomofo}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}\\uFF00-\\uFFEF]";
const beginsUnspaced = new RegExp(`^${unspaced}`, "u");
const endsUnspaced = new RegExp(`${unspaced}$`, "u");
const endsPart = /[,.;:!?]$/;

/**
 * Puts words and punctuation together again as prose is set: spaces between words but not before commas, not inside
 * brackets, not in Chinese, Japanese or Thai; straight quotes open and close in turn within a line. What was set in another
 * way, such as `a - b`, loses that.
 */
export class Spacing {
  #previous = "";
  readonly #open = new Set<string>();

  /** The next token, with a space before it where there is one. */
  add(token: string): string {
    if (token === "\n") {
      this.#previous = "";
      this.#open.clear();
      return token;
    }
    const text = this.#isApart(token) ? ` ${token}` : token;
    // A quote that opens holds on to what follows as a bracket does.
    this.#previous = this.#turnQuote(token) ? "(" : token;
    return text;
  }

  #isApart(token: string): boolean {
    const before = this.#previous;
    if (before === "" || leansOn.test(before)) return false;
    if (leansBack.test(token) || this.#open.has(token)) return false;
    return !endsUnspaced.test(before) && (!beginsUnspaced.test(token) || endsPart.test(before));
  }

  /** Whether a token is a quote that opens; it is closed by the next one of its kind. */
  #turnQuote(token: string): boolean {
    if (token !== '"' && token !== "'") return false;
    if (this.#open.delete(token)) return false;
    this.#open.add(token);
    return true;
  }
}
