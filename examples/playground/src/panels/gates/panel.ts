import { chart } from "../../lib/chart.ts";
import { choice, range, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { heatMap } from "../../lib/heat-map.ts";
import type { Panel } from "../../lib/panel.ts";
import { trainingButtons } from "../../lib/training-buttons.ts";
import { type SignalName, STEPS, signals, type Task } from "./signal.ts";
import { signalEditor, signed } from "./signal-editor.ts";
import type { GatesWork, Progress, Seen, Settings } from "./worker.ts";

/** What there is to see in each cell, in the order of its equations; gates are from 0 to 1, the rest from -1 to 1. */
const parts = {
  lstm: {
    i: "i, the input gate: what comes in is written",
    f: "f, the forget gate: what is there is kept",
    g: "g, the candidate: what would be written",
    o: "o, the output gate: what is there is shown",
    c: "c, the memory",
    h: "h, what is put out",
  },
  gru: {
    r: "r, the reset gate: what is there counts in the candidate",
    z: "z, the update gate: what is there is kept",
    n: "n, the candidate: what would be written",
    h: "h, memory and output",
  },
};
const gates = ["i", "f", "o", "r", "z"];

interface CellView {
  readonly element: HTMLElement;
  draw(signal: readonly number[], target: Float32Array, seen: Seen, units: number): void;
  /** Says what is seen at a step. */
  read(step: number): void;
}

const mean = (values: Float32Array): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;

/** Mean squared error. */
const error = (output: Float32Array, target: Float32Array): number =>
  mean(output.map((value, t) => (value - target[t]!) ** 2));

/** Output and target of a network over time, and its gates as heat maps, a row a unit. */
function cellView(name: string, names: Readonly<Record<string, string>>): CellView {
  const output = chart({
    label: `${name}'s output`,
    curves: [
      { name: "input", colour: "--faint", width: 1 },
      { name: "target", colour: "--series-2", width: 4 },
      { name: "output", colour: "--accent" },
    ],
    yRange: [-1.3, 1.3],
    widens: true, // counts grow
    height: 110,
    bare: true,
  });
  const maps = Object.entries(names).map(([part, label]) => ({
    part,
    map: heatMap({
      label,
      rows: 1,
      columns: STEPS,
      scale: gates.includes(part) ? "sequential" : "diverging",
      rowHeight: 7,
    }),
  }));
  const loss = element("span", { class: "number" });
  const reading = element("p", { class: "hint" });
  let inside: Seen["inside"] = {};
  let shownUnits = 1;
  return {
    element: element(
      "div",
      { class: "maps" },
      element("h3", {}, name, " ", loss),
      output.element,
      ...maps.map(({ map }) => map.element),
      reading,
    ),
    draw(signal, target, seen, units) {
      inside = seen.inside;
      shownUnits = units;
      output.draw(Array.from(signal.keys()), signal, target, seen.output);
      for (const { part, map } of maps) map.draw(transpose(inside[part]!, units), units, STEPS);
      const text = seen.trained
        ? `error ${error(seen.output, target).toPrecision(2)}`
        : "random weights";
      loss.textContent = text;
      output.describe(text);
    },
    read(step) {
      const at = (part: string): string =>
        signed(mean(inside[part]!.subarray(step * shownUnits, (step + 1) * shownUnits)));
      for (const { part, map } of maps) {
        map.mark(step);
        if (inside[part])
          map.describe(`at time step ${step + 1} ${at(part)}, the mean of all units`);
      }
      const means = maps.map(({ part }) => (inside[part] ? `${part} ${at(part)}` : part));
      reading.textContent = `Time step ${step + 1}, means of all units: ${means.join(", ")}`;
    },
  };
}

/** [steps · units] as [units · steps]. */
const transpose = (values: Float32Array, units: number): Float32Array =>
  values.map((_, k) => values[(k % STEPS) * units + Math.floor(k / STEPS)]!);

export const panel: Panel = {
  id: "gates",
  title: "Inside the cell",
  intro:
    "An LSTM and a GRU hear a signal: noise, and now and then a pulse, which they learn to hold until the next one, or to " +
    "count. Each row of a map is a unit, each column a step; a gate is blue where it is open, all else is orange below 0 " +
    "and blue above. Draw a signal of your own: how loud must noise be to pass for a pulse?",
  mount(host, kit) {
    const task = choice<Task>({
      label: "What is learned",
      options: { hold: "Hold the last pulse", count: "Count the pulses" },
      value: "hold",
      change: () => reset(),
    });
    const units = range({ label: "Units", min: 1, max: 16, value: 8, change: () => reset() });
    const signal = choice<SignalName | "own">({
      label: "Signal",
      options: {
        pulses: "Pulses and noise",
        noise: "Noise",
        square: "Square wave",
        sine: "Sine",
        silence: "Silence, to draw on",
        own: "Drawn by hand",
      },
      value: "pulses",
      change: (name) => {
        if (name !== "own") editor.signal = signals[name]();
        training.adjust(settings());
      },
    });
    const editor = signalEditor({
      signal: signals.pulses(),
      changed: () => {
        signal.value = "own";
        training.adjust(settings());
      },
      moved: read,
    });
    const settings = (): Settings => ({
      task: task.value,
      units: units.value,
      signal: editor.signal,
    });

    const views = { lstm: cellView("LSTM", parts.lstm), gru: cellView("GRU", parts.gru) };
    const reading = element("p", { class: "reading" });
    function read(): void {
      views.lstm.read(editor.step);
      views.gru.read(editor.step);
    }

    const buttons = trainingButtons(
      () => training,
      () => reset(),
    );
    const training = kit.train<GatesWork>("gates", settings(), {
      progress: ({ target, lstm, gru }: Progress, { steps, running }) => {
        views.lstm.draw(editor.signal, target, lstm, units.value);
        views.gru.draw(editor.signal, target, gru, units.value);
        read();
        reading.textContent = steps === 0 ? "Not trained yet: random weights" : `Step ${steps}`;
        if (!running) kit.announce(reading.textContent);
      },
      running: buttons.showRunning,
    });
    function reset(): void {
      kit.fail(undefined);
      training.reset(settings());
    }

    task.element.style.flexBasis = "12rem"; // long words
    host.append(
      toolbar("Network and signal", task.element, units.element, signal.element),
      editor.element,
      buttons.element,
      reading,
      element("div", { class: "columns" }, views.lstm.element, views.gru.element),
    );
    kit.begin(training);
  },
};
