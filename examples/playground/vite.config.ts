import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A page with these is isolated: timers are finer, and threads possible. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: at("."),
  base: "./", // wherever the page is put
  resolve: {
    alias: [
      { find: /^gatewise$/, replacement: at("../../bindings/index.ts") },
      { find: /^gatewise\/(\w+)$/, replacement: at("../../bindings/$1/index.ts") },
    ],
  },
  server: { headers },
  preview: { headers },
  worker: {
    format: "es", // in chunks: what the panels' workers share is there once
    rolldownOptions: {
      output: {
        // One chunk of what all of them need: gzip makes more of one than of ten (146 KB for the whole page, not 150).
        codeSplitting: {
          groups: [{ name: "library", test: /bindings\/(?!js|seq2seq|text|word2vec)/ }],
        },
      },
    },
  },
  build: { target: "es2022", outDir: at("../../build/playground"), emptyOutDir: true },
});
