import { button, type Control, choice, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import type { Panel } from "../../lib/panel.ts";
import type { Kernels, Progress, Settings, SpeedWork, Task, Timing } from "./worker.ts";

const tasks: Readonly<Record<Task, string>> = {
  forward: "Forward",
  training: "Forward and backward",
};
const kernelNames: Readonly<Record<Kernels, string>> = {
  wasm: "WebAssembly",
  js: "Plain JavaScript",
};

/** After so many rounds times are steady enough to be compared. */
const SETTLED = 2;

const milliseconds = (ms: number): string =>
  ms < 0.1 ? `${(1000 * ms).toFixed(0)} µs` : `${ms.toPrecision(3)} ms`;

/** A row of a table: a bar as long as the time is. */
function timingRow(kernels: Kernels): {
  readonly row: HTMLElement;
  show(timing: Timing | undefined, longest: number): void;
} {
  const [time, rate] = [element("td", { class: "number" }), element("td", { class: "number" })];
  const bar = element("i", { class: `bar ${kernels}` });
  const row = element(
    "tr",
    {},
    element("th", { scope: "row" }, kernelNames[kernels]),
    time,
    rate,
    element("td", { class: "bars", "aria-hidden": "true" }, bar),
  );
  return {
    row,
    show(timing, longest) {
      time.textContent = timing ? milliseconds(timing.ms) : "–";
      rate.textContent = timing ? `${timing.gflops.toPrecision(2)} GFLOP/s` : "–";
      bar.style.width = timing ? `${(100 * timing.ms) / longest}%` : "0";
    },
  };
}

/** What was timed of a task, and how many times faster WebAssembly is. */
function taskTable(task: Task): {
  readonly element: HTMLElement;
  show(progress: Progress): string;
} {
  const rows = { wasm: timingRow("wasm"), js: timingRow("js") };
  const ratio = element("strong");
  const heads = ["Kernels", "Best time", "Operations"].map((text) =>
    element("th", { scope: "col" }, text),
  );
  const table = element(
    "table",
    { class: "timings" },
    element("caption", {}, tasks[task], " ", ratio),
    element("thead", {}, element("tr", {}, ...heads, element("td"))),
    element("tbody", {}, rows.wasm.row, rows.js.row),
  );
  return {
    element: table,
    show({ timings, rounds }) {
      const { wasm, js } = timings[task];
      const longest = Math.max(wasm?.ms ?? 0, js?.ms ?? 0);
      rows.wasm.show(wasm, longest);
      rows.js.show(js, longest);
      const text =
        wasm && js && rounds >= SETTLED ? `${(js.ms / wasm.ms).toFixed(1)} times faster` : "";
      ratio.textContent = text;
      return text && `${tasks[task]}: ${text}`;
    },
  };
}

export const panel: Panel = {
  id: "speed",
  title: "Speed",
  intro:
    "The same layer, computed by Gatewise's WebAssembly kernels and by the same kernels in plain JavaScript, in turn, in your " +
    "browser on your machine. Of several rounds the best counts. Wide layers gain the most: see what the sizes do.",
  mount(host, kit) {
    const cell = choice<Settings["cell"]>({
      label: "Cell",
      options: { lstm: "LSTM", gru: "GRU", rnn: "Plain RNN" },
      value: "lstm",
      change: () => reset(),
    });
    const size = (label: string, sizes: readonly number[], value: number): Control<string> =>
      choice({
        label,
        options: Object.fromEntries(sizes.map((size) => [size, `${size}`])),
        value: `${value}`,
        change: () => reset(),
      });
    const batch = size("Batch", [1, 8, 32, 64], 32);
    const time = size("Time steps", [10, 20, 50, 100], 20);
    const inputs = size("Inputs", [1, 8, 28, 128, 256], 28);
    const units = size("Units", [8, 20, 64, 128, 256], 64);
    const settings = (): Settings => ({
      cell: cell.value,
      batch: Number(batch.value),
      time: Number(time.value),
      inputs: Number(inputs.value),
      units: Number(units.value),
    });

    const tables = [taskTable("forward"), taskTable("training")];
    const reading = element("p", { class: "reading" });
    let finished = false;
    const measure = button("Measure", () => (training.running ? training.pause() : start()), {
      primary: true,
    });
    const training = kit.train<SpeedWork>("speed", settings(), {
      progress: (progress, { running }) => {
        const texts = tables.map((table) => table.show(progress)).filter((text) => text !== "");
        const { rounds, of } = progress;
        finished = rounds === of;
        const before = running ? "Warming up" : "Not measured yet";
        reading.textContent = rounds === 0 ? before : `Round ${rounds} of ${of}`;
        if (finished && !running) kit.announce(texts.join(", "));
      },
      running: (running) => {
        measure.textContent = running ? "Pause" : "Measure";
      },
    });
    function start(): void {
      if (finished) reset();
      else training.start();
    }
    function reset(): void {
      kit.fail(undefined);
      training.reset(settings());
    }

    host.append(
      toolbar("Sizes", cell.element, batch.element, time.element, inputs.element, units.element),
      toolbar("Measuring", measure),
      reading,
      ...tables.map((table) => table.element),
    );
    kit.begin(training);
  },
};
