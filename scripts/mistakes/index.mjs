import { dropoutMistakes } from "./dropout.mjs";
import { entryMistakes } from "./entries.mjs";
import { gruMistakes } from "./gru.mjs";
import { lossMistakes } from "./losses.mjs";
import { lstmMistakes } from "./lstm.mjs";
import { modelMistakes } from "./models.mjs";
import { operationMistakes } from "./operations.mjs";
import { optimizerMistakes } from "./optimizers.mjs";
import { rnnMistakes } from "./rnn.mjs";
import { seq2seqMistakes } from "./seq2seq.mjs";
import { sequenceMistakes } from "./sequences.mjs";
import { streamMistakes } from "./stream.mjs";
import { textMistakes } from "./text.mjs";
import { unrollingMistakes } from "./unrolling.mjs";
import { wordVectorMistakes } from "./word-vectors.mjs";
import { workletMistakes } from "./worklet.mjs";

export const mistakes = [
  ...lstmMistakes,
  ...gruMistakes,
  ...rnnMistakes,
  ...sequenceMistakes,
  ...unrollingMistakes,
  ...streamMistakes,
  ...entryMistakes,
  ...operationMistakes,
  ...lossMistakes,
  ...optimizerMistakes,
  ...dropoutMistakes,
  ...modelMistakes,
  ...textMistakes,
  ...seq2seqMistakes,
  ...wordVectorMistakes,
  ...workletMistakes,
];

/** What CI makes at every change: one of each kind, cheap ones. */
export const slice = [
  "lstm, wasm: forward, i and f exchanged",
  "gru, js: reset dropped, after the product",
  "schedule: lengths ignored",
  "schedule: padding reversed, too",
  "sequence: initial state ignored",
  "layer: second layer fed with the first one's input",
  "recurrent layer: mask ignored",
  "Adam: correction of m dropped",
];
