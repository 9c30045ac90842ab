import { chart } from "../../lib/chart.ts";
import { button, choice, range, textField, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { latest } from "../../lib/latest.ts";
import { Losses } from "../../lib/losses.ts";
import type { Kit } from "../../lib/panel.ts";
import { trainingButtons } from "../../lib/training-buttons.ts";
import { attentionTable } from "./attention-table.ts";
import type { Translation, TranslationSettings, TranslationWork } from "./translation-worker.ts";

/** A sentence as the network reads it: in lower case, marks apart. */
const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}'’]+|[^\s\p{L}\p{N}]/gu) ?? [];

/** English to French: an encoder reads both ways, a decoder writes and looks back. */
export function mountTranslation(host: HTMLElement, kit: Kit): void {
  let losses = new Losses();
  const units = range({
    ...{ label: "Units", min: 16, max: 96, step: 16, value: 64 },
    change: () => reset(),
  });
  const attention = choice<TranslationSettings["attention"]>({
    label: "Attention",
    options: { luong: "Luong", bahdanau: "Bahdanau" },
    value: "luong",
    change: () => reset(),
  });
  const learningRate = range({
    ...{ label: "Learning rate", min: 0.0005, max: 0.05, value: 0.004, logarithmic: true },
    input: () => training.adjust(settings()),
  });
  const settings = (): TranslationSettings => ({
    units: units.value,
    attention: attention.value,
    learningRate: learningRate.value,
    seed: 1,
  });

  const sentence = textField({
    ...{ label: "English", value: "The white horse does not like the apple." },
    input: () => {
      right.textContent = "";
      translate();
    },
  });
  const french = element("p", { class: "translated", lang: "fr" });
  const right = element("p", { class: "hint" });
  const unknown = element("p", { class: "hint" });
  const table = attentionTable();
  const words = element("p", { class: "hint" });
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
  const training = kit.train<TranslationWork>("translation", settings(), {
    progress({ loss: mean, translation }, { steps, running }) {
      losses.add(steps, mean);
      losses.draw(loss);
      status.textContent =
        steps > 0
          ? `Step ${steps}: ${(32 * steps).toLocaleString("en")} sentences read`
          : "Not trained yet";
      if (translation) show(translation);
      if (!running && steps > 0) kit.announce(`${status.textContent}. ${french.textContent}`);
    },
    running: buttons.showRunning,
  });

  function show(translation: Translation): void {
    french.textContent = translation.target.join(" ").replaceAll("' ", "'") || "…";
    unknown.textContent =
      translation.unknown.length > 0
        ? `Not among the words it learns: ${[...new Set(translation.unknown)].join(", ")}`
        : "";
    table.show(translation);
  }
  const ask = latest(
    (source: string[]) => training.ask({ type: "translate", source }),
    (answer) => {
      if (answer.type === "translation") show(answer.translation);
    },
    kit.fail,
  );
  function translate(): void {
    const source = wordsOf(sentence.value);
    if (source.length > 0) ask(source);
    else french.textContent = unknown.textContent = "";
  }
  async function example(): Promise<void> {
    const answer = await training.ask({ type: "example" });
    if (answer.type !== "example") return;
    sentence.value = answer.english.join(" ");
    right.textContent = `Right: ${answer.french.join(" ").replaceAll("' ", "'")}`;
    translate();
  }
  async function listWords(): Promise<void> {
    const answer = await training.ask({ type: "words" });
    if (answer.type === "words")
      words.textContent = `It learns these words: ${answer.words.join(" ")}`;
  }
  function reset(): void {
    losses = new Losses();
    kit.fail(undefined);
    training.reset(settings());
  }

  host.append(
    toolbar("Network", units.element, attention.element, learningRate.element),
    buttons.element,
    status,
    element(
      "div",
      { class: "columns" },
      element(
        "div",
        { class: "stack" },
        element("div", { class: "wide" }, sentence.element),
        toolbar(
          "Examples",
          button("Another sentence", () => void example()),
        ),
        french,
        right,
        unknown,
        words,
      ),
      table.element,
    ),
    loss.element,
  );
  kit.begin(training);
  translate();
  void listWords();
}
