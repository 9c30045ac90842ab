// Writes test/goldens/same-bits.json: the hash of every weight and output of test/engines/same-bits.ts, as this Node has them.
// To be run after a change that is meant to change bits: npx tsx --tsconfig tsconfig.tools.json scripts/same-bits-goldens.ts
import { writeFileSync } from "node:fs";
import { init } from "gatewise";
import { jsKernels } from "gatewise/js";
import { sameBits } from "../test/engines/same-bits.ts";

const wasm = await sameBits();
await init({ kernels: jsKernels, replace: true });
const js = await sameBits();
const file = new URL("../test/goldens/same-bits.json", import.meta.url);
writeFileSync(file, `${JSON.stringify({ wasm, js }, null, 2)}\n`);
console.log(`${Object.keys(wasm).length} hashes a set of kernels`);
