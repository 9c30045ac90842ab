/** The export list of the third module, word vectors, over the memory of the first. */

export { heap_base } from "./heap-base";
export { word_vectors_train } from "./word-vectors";

// Inner kernels, exported for the reason given in core.ts:

export {
  add_row as _add_row,
  score_rows as _score_rows,
  update_rows as _update_rows,
} from "./word-vectors";
