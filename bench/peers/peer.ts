import type { Case, NetworkCase } from "../workloads.ts";

/** What a step computed, by name: the check compares these with ours. */
export type Results = Readonly<Record<string, ArrayLike<number>>>;

/** A case made ready by a peer. */
export interface Step {
  /**
   * One run; ends when the result is computed, in the library's own memory: nobody pays for copying it out, save who cannot
   * do otherwise. An Adam step also reads its loss.
   */
  readonly run?: () => unknown;
  /** Instead of `run` where the step is in another process: nanoseconds of each of several runs, `ms` milliseconds in all. */
  readonly sample?: (ms: number) => Promise<readonly number[]>;
  /** What is to be the same as ours (see `namesOf`), computed by a model of its own or before any `run`. */
  readonly result: () => Results | Promise<Results>;
  /** Called before a round of runs: for libraries with a current backend. */
  readonly prepare?: () => void | Promise<void>;
  /** Gives memory back. */
  readonly dispose?: () => void;
}

/** Why something is not there. */
export interface Reason {
  readonly reason: string;
}

/** A library to be measured. */
export interface Peer {
  readonly name: string;
  /** Imports it. A reason where that fails. */
  readonly load: () => Promise<Reason | undefined>;
  /** Name and version, once loaded. */
  readonly version: () => string;
  /** A step that does the case, or why it cannot. */
  readonly create: (wanted: Case) => Step | Reason | Promise<Step | Reason>;
  /** Operations of a step above which it would take too long: forward, and with backward. */
  readonly limit?: { readonly forward: number; readonly backward: number };
  /** Ends what it started. */
  readonly close?: () => void;
}

/** How many Adam steps from the formula's weights the check compares the losses of. */
export const CHECKED_STEPS = 5;
/** How many frames of a stream the check compares. */
export const CHECKED_FRAMES = 64;

export const notInstalled = "not installed: npm install --prefix bench/peers";

/** Imports a package that may be absent: the specifier is no literal, so that types are checked without it. */
export async function importPeer<T>(specifier: string): Promise<T | undefined> {
  try {
    return (await import(specifier)) as T;
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** The version in a package's package.json, next to this file. */
export async function versionOf(name: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const file = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(await readFile(file, "utf8")) as { version: string }).version;
}

export const isNetwork = (wanted: Case): wanted is NetworkCase => wanted.task !== "product";

/** [a, b, c] as [b, a, c]. */
export function swapOuter(data: ArrayLike<number>, a: number, b: number, c: number): Float32Array {
  const swapped = new Float32Array(a * b * c);
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) swapped[(j * a + i) * c + k] = data[(i * b + j) * c + k]!;
  return swapped;
}

/** [rows, columns] as [columns, rows]. */
export const transposed = (data: ArrayLike<number>, rows: number, columns: number): Float32Array =>
  swapOuter(data, rows, columns, 1);

/** The gates of a weight ([gates · H, ...]) in another order: `order[new] = old`. */
export function reorderGates(data: Float32Array, order: readonly number[]): Float32Array {
  const size = data.length / order.length;
  const reordered = new Float32Array(data.length);
  order.forEach((from, to) => {
    reordered.set(data.subarray(from * size, (from + 1) * size), to * size);
  });
  return reordered;
}

export const plus = (a: Float32Array, b: Float32Array): Float32Array =>
  a.map((value, i) => value + b[i]!);
