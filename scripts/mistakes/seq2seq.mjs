import { mistakesIn } from "./write.mjs";

const tests = (name) => [`test/seq2seq/${name}.test.ts`];
const source = (name, file, test) => mistakesIn(name, `bindings/seq2seq/${file}.ts`, tests(test));
const attention = source("attention", "attention", "attention");
const beam = source("beam search", "beam-search", "beam-search");
const decode = source("decode", "decode", "decode");
const bridge = source("bridge", "bridge", "seq2seq");
const decoder = source("decoder", "decoder", "seq2seq");
const encoder = source("encoder", "encoder", "seq2seq");
const model = source("Seq2Seq", "seq2seq", "seq2seq");
const tokens = source("tokens", "tokens", "seq2seq");

/** Attention, encoders and decoders, and the ways of decoding. */
export const seq2seqMistakes = [
  attention("mask ignored", ["if (own[t] === 0) bias[at]", "if (own[t] === 2) bias[at]"]),
  attention("sequences without a key attended to", [
    "any.includes(0) ? mul(",
    "any.includes(2) ? mul(",
  ]),
  attention("keys of the wrong sequence", [
    "reshape(keys, [batch, 1, time, size])",
    "reshape(keys, [1, batch, time, size])",
  ]),
  beam("length not counted from 1", ["power((5 + n) / 6", "power((6 + n) / 6"]),
  beam("states not put in order", ["parents.push(b * width + parent)", "parents.push(b * width)"]),
  beam("ends from outside the beam kept", ["} else if (rank < beamWidth) found", "} else found"]),
  beam("beam not filled where some end", ["2 * beamWidth)", "beamWidth)"]),
  beam("one more than the width awaited", [
    "found.length >= beamWidth",
    "found.length > beamWidth",
  ]),
  beam("last of equals first", ["total < total", "total <= total"]),
  beam("more than the width returned", [".slice(0, beamWidth);", ";"]),
  beam("all of the last beam kept", ["if (found.length < beamWidth && total", "if (total"]),
  decode("every step draws the same", ["deriveSeed(seed, n)", "deriveSeed(seed, 0)"]),
  decode("temperature ignored", ["mul(noise, temperature)", "noise"]),
  bridge("directions exchanged", ["concat([a, b], 1)", "concat([b, a], 1)"]),
  decoder("context and query exchanged", [
    "concat([context, query], 2)",
    "concat([query, context], 2)",
  ]),
  decoder("state dropped", ["{ initialState, sequenceLength", "{ sequenceLength"]),
  encoder("lengths ignored", [
    "dynamicRNN(forward, inputs, { sequenceLength: lengths })",
    "dynamicRNN(forward, inputs)",
  ]),
  encoder("outputs not dropped", [
    "outputs: this.dropout.forward(outputs), lengths",
    "outputs, lengths",
  ]),
  model("padding of sources attended to", ["memory(outputs, { lengths })", "memory(outputs)"]),
  model("coins turned over", ["(u) => u < rate", "(u) => u > rate"]),
  model("start left to chance", ["t === 0 || forced[at]", "forced[at]"]),
  model("padding and start said", [
    "add(reshape(logits, [rows, vocabulary]), this.#never)",
    "reshape(logits, [rows, vocabulary])",
  ]),
  model("padding learnt", ["fill(-1);", "fill(0);"]),
  tokens("padding counted", [
    "while (length > 0 && sequence[length - 1] === padToken) length--;",
    "",
  ]),
];
