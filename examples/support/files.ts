import { writeFileSync } from "node:fs";
import { UserError } from "./errors.ts";

/** Writes a file; throws a UserError that names it where that cannot be done. */
export function writeFile(path: string, data: string | Uint8Array): void {
  try {
    writeFileSync(path, data);
  } catch (error) {
    throw new UserError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
