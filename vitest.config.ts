import { defineConfig } from "vitest/config";

const source = (path: string) => new URL(`./bindings/${path}`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^gatewise$/, replacement: source("index.ts") },
      { find: /^gatewise\/audio$/, replacement: source("audio/index.ts") },
      { find: /^gatewise\/data$/, replacement: source("data/index.ts") },
      { find: /^gatewise\/js$/, replacement: source("js/index.ts") },
      { find: /^gatewise\/seq2seq$/, replacement: source("seq2seq/index.ts") },
      { find: /^gatewise\/terminal$/, replacement: source("terminal/index.ts") },
      { find: /^gatewise\/text$/, replacement: source("text/index.ts") },
      { find: /^gatewise\/word2vec$/, replacement: source("word2vec/index.ts") },
      { find: /^gatewise\/worklet$/, replacement: source("worklet/index.ts") },
    ],
  },
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    testTimeout: 240_000, // on a machine whose cores are taken three threads wait for one another for long
  },
});
