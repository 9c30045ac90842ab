import { chart } from "../../lib/chart.ts";
import { button, choice, fileDrop, range, textField, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { Losses } from "../../lib/losses.ts";
import type { Panel } from "../../lib/panel.ts";
import { trainingButtons } from "../../lib/training-buttons.ts";
import { texts } from "./texts.ts";
import type { TextSettings, TextWork } from "./worker.ts";

/** The most characters that are read. */
const MOST = 200_000;
/** How many samples are kept on the page. */
const KEPT = 9;

type TextName = keyof typeof texts;

const titles = { house: texts.house.title, numbers: texts.numbers.title, own: "Your own" };

export const panel: Panel = {
  id: "text",
  title: "Text",
  intro:
    "A network reads a text again and again, and guesses at each character which one comes next. What it writes is at first " +
    "noise, then words, then lines that could have stood there. Paste a text of your own, or begin a line and let it go on.",
  mount(host, kit) {
    let losses = new Losses();
    const chosen = choice<TextName | "own">({
      ...{ label: "Sample text", options: titles, value: "house" },
      change(name) {
        if (name === "own") return void field.querySelector("textarea")!.select();
        text.value = texts[name].make();
        prompt.value = texts[name].prompt;
        reset();
      },
    });
    const level = choice<TextSettings["level"]>({
      ...{ label: "Tokens", options: { char: "Characters", word: "Words" }, value: "char" },
      change: () => reset(),
    });
    const cell = choice<TextSettings["cell"]>({
      ...{ label: "Cell", options: { lstm: "LSTM", gru: "GRU", rnn: "Plain RNN" }, value: "lstm" },
      change: () => reset(),
    });
    const units = range({
      ...{ label: "Units", min: 16, max: 256, step: 16, value: 96 },
      change: () => reset(),
    });
    const learningRate = range({
      ...{ label: "Learning rate", min: 0.0005, max: 0.05, value: 0.01, logarithmic: true },
      input: () => training.adjust(settings()),
    });
    const temperature = range({
      ...{ label: "Temperature", min: 0, max: 1.5, step: 0.05, value: 0.5 },
      format: (value) => value.toFixed(2),
      input: () => training.adjust(settings()),
    });
    const text = textField({
      ...{ label: "The text to learn from", value: texts.house.make(), rows: 8 },
      change() {
        chosen.value = "own";
        reset();
      },
    });
    const field = text.element;
    const prompt = textField({ label: "Begin with", value: texts.house.prompt });
    const settings = (): TextSettings => ({
      text: text.value.slice(0, MOST),
      level: level.value,
      cell: cell.value,
      units: units.value,
      learningRate: learningRate.value,
      temperature: temperature.value,
      seed: 1,
    });

    const status = element("p", { class: "reading" });
    const written = element("p", { class: "written", hidden: true });
    const samples = element("ol", { class: "samples", reversed: true });
    const loss = chart({
      label: "Cross-entropy",
      xLabel: "training step",
      yLabel: "nats a token",
      curves: [{ name: "loss", colour: "--accent", width: 1.5 }],
      height: 200,
    });
    const buttons = trainingButtons(
      () => training,
      () => reset(),
    );
    const training = kit.train<TextWork>("text", settings(), {
      progress({ loss: mean, epoch, tokens, sample }, { steps, running }) {
        losses.add(steps, mean);
        losses.draw(loss);
        const read = `${tokens.toLocaleString("en")} tokens, read for the ${ordinal(epoch)} time`;
        status.textContent = steps > 0 ? `Step ${steps}: ${read}` : "Not trained yet";
        if (sample !== undefined) addSample(steps, sample);
        if (!running && steps > 0) kit.announce(status.textContent);
      },
      running: buttons.showRunning,
    });

    function addSample(steps: number, sample: string): void {
      const heading = steps > 0 ? `After ${steps} steps` : "Before training";
      samples.prepend(
        element("li", {}, element("h4", {}, heading), element("p", { class: "sample" }, sample)),
      );
      while (samples.children.length > KEPT) samples.lastElementChild!.remove();
    }
    async function write(): Promise<void> {
      try {
        const begun = prompt.value;
        const length = level.value === "char" ? 300 : 80;
        const answer = await training.ask({ prompt: begun, length });
        written.hidden = false;
        written.replaceChildren(element("b", {}, begun), answer);
        kit.announce(`Written: ${begun}${answer}`);
      } catch (error) {
        kit.fail((error as Error).message);
      }
    }
    function reset(): void {
      losses = new Losses();
      samples.replaceChildren();
      written.hidden = true;
      status.textContent = "";
      const cut = text.value.length > MOST;
      kit.fail(
        cut
          ? `The first ${MOST.toLocaleString("en")} characters are learned from, the others are not.`
          : undefined,
      );
      training.reset(settings());
    }
    async function open([file]: readonly File[]): Promise<void> {
      const content = await file!.text();
      if (content.includes("\uFFFD") || content.includes("\0"))
        return kit.fail(`${file!.name} is not a text (in UTF-8).`);
      text.value = content;
      chosen.value = "own";
      reset();
    }

    host.append(
      element(
        "div",
        { class: "columns" },
        element(
          "div",
          { class: "stack" },
          chosen.element,
          field,
          fileDrop({
            ...{ label: "Drop a text file here, or choose one", accept: ".txt,.md,text/*" },
            files: (files) => void open(files),
          }),
          element("h3", {}, "Let it go on"),
          element(
            "form",
            {
              class: "go-on",
              onsubmit: (event) => {
                event.preventDefault();
                void write();
              },
            },
            prompt.element,
            button("Write", () => void write()),
          ),
          written,
        ),
        element(
          "div",
          { class: "stack" },
          toolbar(
            "Network",
            ...[level, cell, units, learningRate, temperature].map((control) => control.element),
          ),
          buttons.element,
          status,
          loss.element,
        ),
      ),
      element(
        "div",
        { class: "stack" },
        element("h3", {}, "What it writes by and by, the latest first"),
        samples,
      ),
    );
    kit.begin(training);
  },
};

/** 1st, 2nd, 3rd, 4th */
function ordinal(n: number): string {
  const suffixes: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd" };
  const kind = new Intl.PluralRules("en", { type: "ordinal" }).select(n);
  return `${n.toLocaleString("en")}${suffixes[kind] ?? "th"}`;
}
