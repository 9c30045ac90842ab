import { chart } from "../../lib/chart.ts";
import { choice, range, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { Losses } from "../../lib/losses.ts";
import type { Panel } from "../../lib/panel.ts";
import { trainingButtons } from "../../lib/training-buttons.ts";
import type { Progress, Settings, SineWork } from "./worker.ts";

/** Steps a second, by what is chosen. */
const paces = { slow: 10, steady: 60, fast: Number.POSITIVE_INFINITY };

export const panel: Panel = {
  id: "sine",
  title: "Sine to cosine",
  intro:
    "A network sees a sine, one number at a time, and learns to say the cosine at the same moment. One number does not tell " +
    "which way the wave is going: the network has to remember. At first it takes a step every 20 points: it learns " +
    "from as many at a time. Give it one unit, or a plain RNN, or a learning rate too " +
    "high, and see what it makes of that.",
  mount(host, kit) {
    let losses = new Losses();
    const cell = choice<Settings["cell"]>({
      label: "Cell",
      options: { lstm: "LSTM", gru: "GRU", rnn: "Plain RNN" },
      value: "lstm",
      change: () => reset(),
    });
    const units = range({
      label: "Units",
      min: 1,
      max: 64,
      value: 20,
      change: () => reset(),
    });
    const learningRate = range({
      label: "Learning rate",
      min: 0.0001,
      max: 0.1,
      value: 0.006,
      logarithmic: true,
      input: () => training.adjust(settings()),
    });
    const pace = choice<keyof typeof paces>({
      label: "Pace",
      options: {
        slow: "10 steps/s",
        steady: "60 steps/s",
        fast: "Full speed",
      },
      value: "steady",
      change: (value) => training.pace(paces[value]),
    });
    const settings = (): Settings => ({
      cell: cell.value,
      units: units.value,
      learningRate: learningRate.value,
      seed: 2,
    });

    const wave = chart({
      label: "Two periods",
      xLabel: "time step",
      yRange: [-1.3, 1.3],
      curves: [
        { name: "sine, the input", colour: "--faint", width: 1.5 },
        { name: "cosine, the target", colour: "--series-2", width: 5 },
        { name: "prediction", colour: "--accent" },
      ],
      height: 280,
    });
    const loss = chart({
      label: "Mean squared error",
      xLabel: "training step",
      curves: [{ name: "loss", colour: "--accent", width: 1.5 }],
      logarithmic: true,
      height: 180,
    });
    const reading = element("p", { class: "reading" });

    function draw(progress: Progress, steps: number): void {
      const { sine, cosine, prediction, losses: told } = progress;
      told.forEach((value, i) => {
        losses.add(steps - told.length + i + 1, value);
      });
      wave.draw(
        Array.from(sine.keys()),
        sine,
        cosine,
        prediction ?? Array<null>(sine.length).fill(null),
      );
      losses.draw(loss);
      const text =
        steps === 0
          ? "Not trained yet"
          : `Step ${steps}, mean squared error ${progress.loss.toPrecision(2)}`;
      reading.textContent = text;
      wave.describe(text);
    }

    const buttons = trainingButtons(
      () => training,
      () => reset(),
    );
    const training = kit.train<SineWork>("sine", settings(), {
      progress: (progress, { steps, running }) => {
        draw(progress, steps);
        if (!running) kit.announce(reading.textContent);
      },
      running: buttons.showRunning,
    });
    function reset(): void {
      losses = new Losses();
      kit.fail(undefined);
      training.reset(settings());
    }

    host.append(
      toolbar("Network", cell.element, units.element, learningRate.element, pace.element),
      buttons.element,
      reading,
      wave.element,
      loss.element,
    );
    training.pace(paces.steady);
    kit.begin(training);
  },
};
