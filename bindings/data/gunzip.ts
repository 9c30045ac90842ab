import { valueError } from "../core/check.ts";
import { checkBytes, isGzip } from "./values.ts";

/**
 * Unpacks a gzip file by the engine's own DecompressionStream; bytes that are no gzip file come back as they are.
 * Rejects with a RangeError where the file is damaged.
 */
export async function gunzip(bytes: Uint8Array | ArrayBuffer): Promise<Uint8Array> {
  const where = "gunzip";
  const packed = checkBytes(where, bytes);
  if (!isGzip(packed)) return packed;
  const whole = new Blob([packed.slice()]).stream();
  try {
    const unpacked = new Response(whole.pipeThrough(new DecompressionStream("gzip")));
    return new Uint8Array(await unpacked.arrayBuffer());
  } catch (error) {
    throw valueError(where, "a whole gzip file", `a damaged one (${(error as Error).message})`);
  }
}
