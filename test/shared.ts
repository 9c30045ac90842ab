import { fileURLToPath } from "node:url";

/** The folder beside the project that has what others wrote. */
export const sharedFolder = (): string =>
  process.env.GATEWISE_SHARED ?? fileURLToPath(new URL("../../shared", import.meta.url));
