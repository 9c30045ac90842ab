// How a mistake is written down.

/**
 * @typedef {object} Edit
 * @property {string} file
 * @property {string} find exact text
 * @property {string} replace what all of its occurrences become
 * @property {number} times how often it occurs; anything else means that the mistake is out of date
 *
 * @typedef {object} Mistake
 * @property {string} name
 * @property {readonly Edit[]} edits
 * @property {readonly string[]} tests the files that should notice, quick ones
 */

/**
 * A writer of mistakes in one file: `(name, [find, replace, times = 1], …) => Mistake`.
 * @param {string} where what the names of its mistakes begin with
 * @param {string} file
 * @param {readonly string[]} tests
 */
export const mistakesIn =
  (where, file, tests) =>
  (name, ...changes) => ({
    name: `${where}: ${name}`,
    edits: changes.map(([find, replace, times = 1]) => ({ file, find, replace, times })),
    tests,
  });

/** Every two of a list. */
export const pairs = (list) => list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b]));

/**
 * Mistakes that exchange two of several places, one for each two: `[["i and f exchanged", [find, replace]], …]`.
 * @param {Record<string, string>} places what stands in the text at each name
 * @param {(places: Record<string, string>) => string} write the text, out of such places
 */
export const exchanges = (places, write) =>
  pairs(Object.keys(places)).map(([a, b]) => [
    `${a} and ${b} exchanged`,
    [write(places), write({ ...places, [a]: places[b], [b]: places[a] })],
  ]);

/** The file's text with a mistake's edit in it. Throws where the text is not what the edit was written for. */
export function edited(text, { file, find, replace, times }, name) {
  const pieces = text.split(find);
  if (find === replace || pieces.length - 1 !== times)
    throw new Error(
      `mistake "${name}" is out of date: expected ${times} times in ${file}, got ${pieces.length - 1}:\n${find}`,
    );
  return pieces.join(replace);
}
