import { choice, range, textField, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { latest } from "../../lib/latest.ts";
import type { Kit } from "../../lib/panel.ts";
import { trainingButtons } from "../../lib/training-buttons.ts";
import { groups } from "./groups.ts";
import type { MapSettings, MapWork, Spot } from "./map-worker.ts";
import { wordMap } from "./word-map.ts";

const NEAREST = 8;
/** Pictures a second, so that one sees how words find one another: training takes less than a second in all. */
const PACE = 30;

/** A map of word vectors. */
export function mountMap(host: HTMLElement, kit: Kit): void {
  let chosen = "cat";
  const window = range({
    ...{ label: "Window", min: 1, max: 8, value: 4 },
    format: (value) => `${value} each side`,
    change: () => reset(),
  });
  const source = choice<"made" | "own">({
    ...{ label: "Sentences", options: { made: "Made here", own: "Your own text" }, value: "made" },
    change(value) {
      text.element.hidden = value === "made";
      if (value === "made" || text.value) reset();
    },
  });
  const text = textField({
    ...{ label: "Your text, a page or more of it", value: "", rows: 6 },
    change: () => reset(),
  });
  text.element.hidden = true;
  const settings = (): MapSettings => ({
    text: source.value === "own" ? text.value : "",
    window: window.value,
    seed: 1,
  });

  const map = wordMap({
    label: "Words by the company they keep",
    groups: Object.keys(groups),
    chosen(word) {
      chosen = word;
      ask(chosen);
    },
  });
  const nearest = element("ol", { class: "nearest" });
  const heading = element("h3", {});
  const status = element("p", { class: "reading" });
  let finished = false;
  const buttons = trainingButtons(
    () => ({
      ...{ running: training.running, pause: training.pause, step: training.step },
      start() {
        if (finished) reset(); // all epochs are over: anew
        training.start();
      },
    }),
    () => reset(),
  );
  const training = kit.train<MapWork>("map", settings(), {
    progress({ fraction, sentences, spots }, { running }) {
      finished = fraction === 1;
      const read = `${sentences.toLocaleString("en")} sentences, ${Math.round(100 * fraction)} % of the work done`;
      status.textContent = read;
      show(spots);
      if (!running && fraction > 0) kit.announce(`${read}. ${nearest.textContent}`);
    },
    running: buttons.showRunning,
  });

  function show(spots: readonly Spot[]): void {
    if (spots.length > 0 && !spots.some(({ word }) => word === chosen)) chosen = spots[0]!.word;
    map.draw(spots, chosen);
    if (spots.length > 0) ask(chosen);
  }
  const ask = latest(
    async (word: string) => ({ word, near: await training.ask({ word, count: NEAREST }) }),
    ({ word, near }) => {
      heading.textContent = `Nearest to “${word}”`;
      nearest.replaceChildren(
        ...near.map(([name, similarity]) =>
          element(
            "li",
            {},
            `${name} `,
            element("span", { class: "number" }, similarity.toFixed(2)),
          ),
        ),
      );
    },
    kit.fail,
  );
  function reset(): void {
    kit.fail(undefined);
    status.textContent = heading.textContent = "";
    nearest.replaceChildren();
    map.draw([], chosen);
    training.reset(settings());
  }

  host.append(
    toolbar("Word vectors", source.element, window.element),
    text.element,
    buttons.element,
    status,
    element(
      "div",
      { class: "columns map" },
      element(
        "div",
        {},
        map.element,
        element(
          "p",
          { class: "hint" },
          "The two directions in which the vectors differ most. Dots that would cover one another’s names are moved apart.",
        ),
      ),
      element("div", {}, map.choice, heading, nearest),
    ),
  );
  training.pace(PACE);
  kit.begin(training);
}
