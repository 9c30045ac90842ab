import { mistakesIn } from "./write.mjs";

const folder = "bindings/text";
const words = ["test/text/vocabulary.test.ts"];
const models = ["test/text/language-model.test.ts"];
const generated = ["test/text/generation.test.ts"];
const vocabulary = mistakesIn("vocabulary", `${folder}/vocabulary.ts`, words);
const spacing = mistakesIn("spacing", `${folder}/spacing.ts`, words);
const batches = mistakesIn("contiguous batches", `${folder}/contiguous-batches.ts`, [
  "test/text/contiguous-batches.test.ts",
]);
const sampler = mistakesIn("sampler", `${folder}/sampler.ts`, ["test/text/sampler.test.ts"]);
const model = mistakesIn("language model", `${folder}/language-model.ts`, models);
const training = mistakesIn("text training", `${folder}/training.ts`, models);
const generation = mistakesIn("generation", `${folder}/generation.ts`, generated);

/** Vocabularies, language models and what they write. */
export const textMistakes = [
  vocabulary("by code units", ['level === "char" ? text :', 'level === "char" ? text.split("") :']),
  vocabulary("the rarest first", ["n - m ||", "m - n ||"]),
  vocabulary("padding decoded", ["if (number === this.padding)", "if (number === -1)"]),
  spacing("quotes never close", ["if (this.#open.delete(token)) return false;\n", ""]),
  spacing("spaces after brackets", ["|| leansOn.test(before)", ""]),
  spacing("lines do not close quotes", ["      this.#open.clear();\n", ""]),
  batches("targets are the inputs", ["targets: rows(1)", "targets: rows(0)"]),
  batches("rows overlap", ["b * part + start", "b * unroll + start"]),
  sampler("one too many kept", ["kept < this.#topK &&", "kept <= this.#topK &&"]),
  sampler("temperature upside down", [
    "- most) / this.#temperature",
    "- most) * this.#temperature",
  ]),
  sampler("the same numbers again", ["this.#streams.next()", "{ low: 1, high: 0, stream: 0 }"]),
  sampler("what is never drawn is drawn", [
    "logits[token] = Number.NEGATIVE_INFINITY;",
    "logits[token]! += 0;",
  ]),
  model("state not carried on in training", [
    "      states = step.states;\n      yield { loss: step.loss,",
    "      yield { loss: step.loss,",
  ]),
  model("state not carried on in evaluation", [
    "      states = step.states;\n      yield { loss: step.loss.item()",
    "      yield { loss: step.loss.item()",
  ]),
  model("one-hot rows are trained", [", states), parameters)", ", states))"]),
  model("no dropout after the last layer", [
    "outputs = this.dropout.forward(step.outputs);",
    "outputs = step.outputs;",
  ]),
  training(
    "batches count alike, whatever their size",
    ["loss * count", "loss"],
    ["+= count", "+= 1"],
  ),
  training("validation on what was trained on", [
    "tokens.subarray(at) : undefined",
    "tokens.subarray(0, at) : undefined",
  ]),
  generation("prompt ends before its last token", [
    "this.#last = prompt.at(-1) ??",
    "this.#last = prompt.at(-2) ??",
  ]),
  generation("prompt not read", ["this.#read >= prompt.length - 1", "this.#read >= 0"]),
  generation("stop token written", [
    "if (this.#plan.stop.has(this.#last)) {",
    "if (this.#plan.stop.size > 1e9) {",
  ]),
  generation("prompt read in one go", [
    "while (generation.read()) await pauses.pause();",
    "while (generation.read());",
  ]),
  generation("memory kept", ["    this.#stream.dispose();\n", ""]),
];
