import { expect } from "vitest";

export type Kind = typeof TypeError | typeof RangeError;
export type Row = readonly [
  what: string,
  kind: Kind,
  f: () => unknown,
  message?: RegExp | undefined,
];

/** What is wrong on purpose. */
export const wrong = (value: unknown) => value as never;

/** Every message says where, what was expected and what came. */
const form = /^[\w.]+( \([^)]*\))?: expected .+, got .+/s;

export function expectErrors(rows: readonly Row[]): void {
  for (const [what, kind, f, message] of rows) {
    let thrown: unknown;
    try {
      f();
    } catch (error) {
      thrown = error;
    }
    expectError(what, kind, thrown, message);
  }
}

/** As `expectErrors`, of functions whose promise is to be rejected. */
export async function expectRejections(rows: readonly Row[]): Promise<void> {
  for (const [what, kind, f, message] of rows) {
    const thrown: unknown = await Promise.resolve(f()).then(
      () => undefined,
      (error: unknown) => error,
    );
    expectError(what, kind, thrown, message);
  }
}

function expectError(what: string, kind: Kind, thrown: unknown, message?: RegExp): void {
  expect(thrown, `${what}: what is thrown`).toBeInstanceOf(kind);
  const { message: text, name } = thrown as Error;
  expect(name, what).toBe(kind.name);
  expect(text, what).toMatch(form);
  if (message) expect(text, what).toMatch(message);
}
