import { readFileSync, writeFileSync } from "node:fs";
import { UserError } from "./errors.ts";

/** A file's bytes. Throws a UserError that names a file that cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** A file's text. Throws a UserError that names a file that cannot be read. */
export const readTextFile = (path: string): string => readBytes(path).toString("utf8");

/** Writes a file; throws a UserError that names it where that cannot be done. */
export function writeFile(path: string, data: string | Uint8Array): void {
  try {
    writeFileSync(path, data);
  } catch (error) {
    throw new UserError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
