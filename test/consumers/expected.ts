/** What `work` of programs/work.js gives with each set of kernels, in every engine. */
export const expected = {
  wasm: { kernels: "wasm", loss: 0.860045313835144, weights: "3a461ad6", outputs: "beec5732" },
  js: { kernels: "js", loss: 0.860045313835144, weights: "bb85b7e7", outputs: "f116da2c" },
} as const;

/** The losses of three epochs of programs/training.js. */
export const losses: readonly number[] = [
  0.6979542970657349, 0.6922985017299652, 0.6891808211803436,
];

/** What `step` of programs/sound.js gives, and `play` on the audio thread. */
export const sound = "1afc48b1";
