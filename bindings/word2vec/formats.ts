import { counted, kindError, valueError } from "../core/check.ts";

// The formats of the authors' program (code.google.com/archive/p/word2vec, distance.c reads and word2vec.c writes them): a line
// with the number of words and the size of a vector, then for each word its name, a space, and its vector: in decimals with
// spaces between and a line break behind, or as little-endian float32, a line break behind. Some programs leave that one out.

/** Words, and the vector of each by its place. */
export interface Entries {
  readonly words: readonly string[];
  readonly size: number;
  row(place: number): Float32Array;
}

const newLine = 10;
const space = 32;

/** Neither format can hold a word with a space or a line break in it, nor UTF-8 half a character of two code units. */
function checkWritable(where: string, words: readonly string[]): void {
  const unfit = words.find((word) => /[ \t\r\n]|\p{Surrogate}/u.test(word));
  if (unfit !== undefined)
    throw valueError(
      where,
      "words of whole characters, without spaces and line breaks",
      JSON.stringify(unfit),
    );
}

/** The fewest decimals, from six on, that are read back as the same float32. */
function decimals(value: number): string {
  if (Object.is(value, -0)) return "-0";
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

export function writeText(where: string, { words, size, row }: Entries): string {
  checkWritable(where, words);
  const lines = words.map((word, place) => `${word} ${Array.from(row(place), decimals).join(" ")}`);
  return [`${words.length} ${size}`, ...lines, ""].join("\n");
}

export function writeBinary(where: string, { words, size, row }: Entries): Uint8Array<ArrayBuffer> {
  checkWritable(where, words);
  const encoder = new TextEncoder();
  const names = words.map((word) => encoder.encode(`${word} `));
  const header = encoder.encode(`${words.length} ${size}\n`);
  const total = names.reduce((sum, name) => sum + name.length + 4 * size + 1, header.length);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  let at = header.length;
  names.forEach((name, place) => {
    bytes.set(name, at);
    at += name.length;
    for (const value of row(place)) {
      view.setFloat32(at, value, true);
      at += 4;
    }
    bytes[at++] = newLine;
  });
  return bytes;
}

/** What a file holds: its words, and their vectors one after another. */
export interface Contents {
  readonly words: readonly string[];
  readonly size: number;
  readonly values: Float32Array;
}

function readHeader(where: string, line: string): [count: number, size: number] {
  const fields = /^(\d+) ([1-9]\d*)\s*$/.exec(line);
  const [count, size] = [Number(fields?.[1]), Number(fields?.[2])];
  if (!Number.isSafeInteger(count * size))
    throw valueError(
      where,
      "a first line with the number of words and the size of a vector",
      JSON.stringify(line.slice(0, 40)),
    );
  return [count, size];
}

const sizes = (count: number, size: number): string =>
  `${counted(count, "word")} of ${counted(size, "number")}`;

function checkWords(where: string, words: readonly string[]): void {
  const unnamed = words.indexOf("");
  if (unnamed >= 0)
    throw valueError(where, "a word before every vector", `none as word ${unnamed + 1}`);
  if (new Set(words).size === words.length) return;
  const seen = new Set<string>();
  const twice = words.find((word) => seen.size === seen.add(word).size)!;
  throw valueError(where, "every word once", `${JSON.stringify(twice)} twice`);
}

export function readText(where: string, text: unknown): Contents {
  if (typeof text !== "string") throw kindError(where, "text", text);
  const lines = text.split("\n");
  const [count, size] = readHeader(where, lines[0]!);
  while (lines.length > 1 && lines.at(-1)!.trim() === "") lines.pop();
  if (lines.length - 1 !== count)
    throw valueError(where, `${counted(count, "line")} of words`, lines.length - 1);
  if (text.length < 2 * count * size)
    // before room is made: a number and its space take two
    throw valueError(where, sizes(count, size), counted(text.length, "character"));
  const values = new Float32Array(count * size);
  const words = lines.slice(1).map((line, place) => {
    const [word, ...numbers] = line.trimEnd().split(" ");
    const number = place + 2;
    if (numbers.length !== size)
      throw valueError(where, `${counted(size, "number")} in line ${number}`, numbers.length);
    numbers.forEach((text, i) => {
      const value = text === "" ? Number.NaN : Math.fround(Number(text));
      if (!Number.isFinite(value))
        throw valueError(where, `finite numbers in line ${number}`, JSON.stringify(text));
      values[place * size + i] = value;
    });
    return word!;
  });
  checkWords(where, words);
  return { words, size, values };
}

function checkBytes(where: string, bytes: unknown): Uint8Array {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (!(bytes instanceof Uint8Array))
    throw kindError(where, "bytes as a Uint8Array or an ArrayBuffer", bytes);
  return bytes;
}

export function readBinary(where: string, given: unknown): Contents {
  const bytes = checkBytes(where, given);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // a mark before a word is part of it
  let at = bytes.indexOf(newLine) + 1;
  const [count, size] = readHeader(where, decoder.decode(bytes.subarray(0, Math.max(at - 1, 0))));
  if (bytes.length - at < count * (4 * size + 1))
    throw valueError(where, sizes(count, size), counted(bytes.length, "byte"));
  const values = new Float32Array(count * size);
  const words: string[] = [];
  for (let place = 0; place < count; place++) {
    while (bytes[at] === newLine) at++;
    const end = bytes.indexOf(space, at);
    if (end < 0 || end + 1 + 4 * size > bytes.length)
      throw valueError(where, sizes(count, size), `no more than ${place}`);
    words.push(decoder.decode(bytes.subarray(at, end)));
    at = end + 1;
    for (let i = 0; i < size; i++, at += 4) {
      const value = view.getFloat32(at, true);
      if (!Number.isFinite(value))
        throw valueError(where, `finite numbers for ${JSON.stringify(words[place])}`, value);
      values[place * size + i] = value;
    }
  }
  while (bytes[at] === newLine) at++;
  if (at !== bytes.length)
    throw valueError(
      where,
      `nothing behind ${counted(count, "word")}`,
      counted(bytes.length - at, "byte"),
    );
  checkWords(where, words);
  return { words, size, values };
}
