// node --expose-gc generation-program.mjs CHARACTERS: lets an LSTM of 256 units write so many characters, and prints what
// memory holds after a tenth of them and at the end, and how many characters the fastest stretch of 1,000 made a second.
import { LanguageModel, Vocabulary } from "gatewise/text";

const length = Number(process.argv[2]);
const characters = Array.from({ length: 65 }, (_, i) => String.fromCharCode(48 + i)).join("");
const vocabulary = Vocabulary.fromText(characters);
const model = new LanguageModel({ vocabulary, embeddingSize: 64, hiddenSize: 256, seed: 1 });

/** Bytes in use, those of WebAssembly's memory among them, after a forced collection. */
function held() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, external };
}

let written = 0;
let early;
let stretch = performance.now();
let best = 0;
for await (const _ of model.generateStream({ length, seed: 1 })) {
  written++;
  if (written === length / 10) early = held();
  if (written % 1000 !== 0) continue;
  const now = performance.now();
  best = Math.max(best, 1e6 / (now - stretch));
  stretch = now;
}
const start = performance.now();
const { length: atOnce } = model.generate({ length: 100_000, seed: 1 });
const steady = (1000 * atOnce) / (performance.now() - start);
console.log(JSON.stringify({ written, early, end: held(), best, steady }));
