import { chart } from "../../lib/chart.ts";
import { button, range, textField, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { latest } from "../../lib/latest.ts";
import { Losses } from "../../lib/losses.ts";
import type { Kit } from "../../lib/panel.ts";
import { trainingButtons } from "../../lib/training-buttons.ts";
import type { Tagged, TaggingSettings, TaggingWork } from "./tagging-worker.ts";

/** What the universal tags stand for. */
const names: Readonly<Record<string, string>> = {
  ADJ: "adjective",
  ADP: "preposition",
  ADV: "adverb",
  AUX: "auxiliary",
  CCONJ: "conjunction",
  DET: "determiner",
  INTJ: "interjection",
  NOUN: "noun",
  NUM: "number",
  PRON: "pronoun",
  PROPN: "name",
  PUNCT: "mark",
  SCONJ: "subordinator",
  VERB: "verb",
};

const examples = [
  "Can you open the can?",
  "The old man can fish because he likes fish.",
  "Will Anna walk the dog, or will she go for a walk?",
  "They light the light when the night is cold.",
  "Slowly the wumpish blickers grumified in Paris.",
];

/** Words and marks of a text. */
const wordsOf = (text: string): string[] =>
  text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu) ?? [];

/** Below this a guess is shown with a question mark. */
const SURE = 0.6;

const wordElement = (): HTMLElement =>
  element("span", { class: "word" }, element("b"), " ", element("i"));

/** Parts of speech, as one types. */
export function mountTagging(host: HTMLElement, kit: Kit): void {
  let losses = new Losses();
  let example = 0;
  const learningRate = range({
    ...{ label: "Learning rate", min: 0.0005, max: 0.05, value: 0.006, logarithmic: true },
    input: () => training.adjust(settings()),
  });
  const settings = (): TaggingSettings => ({ learningRate: learningRate.value, seed: 1 });
  const text = textField({
    ...{ label: "A sentence of yours", value: examples[0]!, rows: 2 },
    input: () => tag(),
  });
  const tagged = element("p", { class: "tagged" });
  const status = element("p", { class: "reading" });
  const loss = chart({
    ...{ label: "Cross-entropy", xLabel: "training step", yLabel: "nats a word" },
    curves: [{ name: "loss", colour: "--accent", width: 1.5 }],
    ...{ logarithmic: true, height: 180 },
  });
  const buttons = trainingButtons(
    () => training,
    () => reset(),
  );
  const training = kit.train<TaggingWork>("tagging", settings(), {
    progress({ loss: mean, accuracy, sentence }, { steps, running }) {
      losses.add(steps, mean);
      losses.draw(loss);
      const right = `${(100 * accuracy).toFixed(1)} % of the words of other sentences right`;
      status.textContent = steps > 0 ? `Step ${steps}: ${right}` : "Not trained yet";
      show(sentence);
      if (!running && steps > 0) kit.announce(status.textContent);
    },
    running: buttons.showRunning,
  });

  function show(sentence: readonly Tagged[]): void {
    while (tagged.childElementCount > sentence.length) tagged.lastElementChild!.remove();
    while (tagged.childElementCount < sentence.length) tagged.append(wordElement());
    sentence.forEach(({ word, tag, probability }, n) => {
      const shown = tagged.children[n] as HTMLElement;
      shown.dataset.tag = tag;
      shown.title = `${Math.round(100 * probability)} % sure`;
      shown.firstElementChild!.textContent = word;
      const name = names[tag] ?? tag;
      shown.lastElementChild!.textContent = probability < SURE ? `${name}?` : name;
    });
  }
  const ask = latest((words: string[]) => training.ask(words), show, kit.fail);
  const tag = (): void => ask(wordsOf(text.value));
  function reset(): void {
    losses = new Losses();
    kit.fail(undefined);
    training.reset(settings());
  }

  host.append(
    toolbar("Network", learningRate.element),
    buttons.element,
    status,
    element("div", { class: "wide" }, text.element),
    toolbar(
      "Examples",
      button("Another sentence", () => {
        example = (example + 1) % examples.length;
        text.value = examples[example]!;
        tag();
      }),
    ),
    tagged,
    element(
      "p",
      { class: "hint" },
      "It learned from sentences that were made up from some 250 words. Of others it sees the last three letters and the place: " +
        "try words that do not exist.",
    ),
    loss.element,
  );
  kit.begin(training);
  tag();
}
