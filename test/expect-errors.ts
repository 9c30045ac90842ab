import { expect } from "vitest";

export type Kind = typeof TypeError | typeof RangeError;
export type Row = readonly [what: string, kind: Kind, f: () => unknown, message?: RegExp];

/** What is wrong on purpose. */
export const wrong = (value: unknown) => value as never;

/** Every message says where, what was expected and what came. */
const form = /^[\w.]+( \([^)]*\))?: expected .+, got .+/s;

/** Each of these throws an error of its kind, in the form that all messages have. */
export function expectErrors(rows: readonly Row[]): void {
  for (const [what, kind, f, message] of rows) {
    let thrown: unknown;
    try {
      f();
    } catch (error) {
      thrown = error;
    }
    expect(thrown, `${what}: what is thrown`).toBeInstanceOf(kind);
    const { message: text, name } = thrown as Error;
    expect(name, what).toBe(kind.name);
    expect(text, what).toMatch(form);
    if (message) expect(text, what).toMatch(message);
  }
}
