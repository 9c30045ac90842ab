/** What `work` of programs/work.js gives, in every engine. */
export const expected = {
  wasm: { kernels: "wasm", loss: 0.860045313835144, weights: "3a461ad6", outputs: "beec5732" },
  js: { kernels: "js", loss: 0.860045313835144, weights: "bb85b7e7", outputs: "f116da2c" },
} as const;
