import { chart } from "../../lib/chart.ts";
import { button, choice, fileDrop, range, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { latest } from "../../lib/latest.ts";
import { Losses } from "../../lib/losses.ts";
import type { Panel } from "../../lib/panel.ts";
import { trainingButtons } from "../../lib/training-buttons.ts";
import { pad } from "./pad.ts";
import type { ReaderSettings } from "./reader.ts";
import { readingView } from "./view.ts";
import type { DigitsWork } from "./worker.ts";

/** A picture that is to be read, row by row where it is finished. */
interface Wanted {
  readonly picture: Float32Array;
  readonly finished: boolean;
}

export const panel: Panel = {
  id: "digits",
  title: "Digits",
  intro:
    "A network reads a picture as one reads a text: row by row, from top to bottom. After every row it says which digit it " +
    "may be. Draw one, and move “Rows read” back and forth: where does it make up its mind? Try a 4 that could become a 9.",
  mount(host, kit) {
    let losses = new Losses();
    let picture: Float32Array | undefined;

    const cell = choice<ReaderSettings["cell"]>({
      label: "Cell",
      options: { gru: "GRU", lstm: "LSTM", rnn: "Plain RNN" },
      value: "gru",
      change: () => reset(),
    });
    const units = range({
      ...{ label: "Units", min: 8, max: 96, step: 8, value: 48 },
      change: () => reset(),
    });
    const learningRate = range({
      ...{ label: "Learning rate", min: 0.0005, max: 0.05, value: 0.01, logarithmic: true },
      input: () => training.adjust(settings()),
    });
    const settings = (): ReaderSettings => ({
      cell: cell.value,
      units: units.value,
      learningRate: learningRate.value,
      seed: 1,
    });

    const paper = pad({
      drawn(drawn, finished) {
        picture = drawn;
        if (picture) read({ picture, finished });
        else view.clear();
      },
      announce: kit.announce,
    });
    const view = readingView({ still: kit.still, finished: kit.announce });
    const status = element("p", { class: "reading" });
    const loss = chart({
      label: "Cross-entropy, the mean of all rows",
      xLabel: "training step",
      yLabel: "nats",
      curves: [{ name: "loss", colour: "--accent", width: 1.5 }],
      height: 180,
    });
    const buttons = trainingButtons(
      () => training,
      () => reset(),
    );
    const training = kit.train<DigitsWork>("digits", settings(), {
      progress({ loss: mean, held, accuracy, reading }, { steps, running }) {
        losses.add(steps, mean);
        losses.draw(loss);
        const right = `${(100 * accuracy).toFixed(0)} % of ${held} other digits read rightly`;
        status.textContent = steps > 0 ? `Step ${steps}: ${right}` : "Not trained yet";
        if (reading && picture) view.show(picture, reading, false);
        if (!running && steps > 0) kit.announce(status.textContent);
      },
      running: buttons.showRunning,
    });

    const read = latest(
      async (wanted: Wanted) => ({
        wanted,
        answer: await training.ask({ type: "read", picture: wanted.picture }),
      }),
      ({ wanted, answer }) => {
        if (answer.type === "reading" && picture === wanted.picture)
          view.show(wanted.picture, answer.reading, wanted.finished);
      },
      kit.fail,
    );
    async function sample(): Promise<void> {
      const answer = await training.ask({ type: "sample" });
      if (answer.type !== "sample") return;
      picture = answer.picture;
      paper.show(picture);
      read({ picture, finished: true });
    }
    async function open(files: readonly File[]): Promise<void> {
      try {
        const dropped = await Promise.all(
          files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })),
        );
        const answer = await training.ask({ type: "files", files: dropped });
        if (answer.type !== "digits") return;
        source.textContent = `Learns from ${answer.train.toLocaleString("en")} digits of your files, tested on ${answer.test} others.`;
        kit.announce(source.textContent);
        reset();
        training.start();
        await sample();
      } catch (error) {
        kit.fail((error as Error).message);
      }
    }
    function reset(): void {
      losses = new Losses();
      kit.fail(undefined);
      training.reset(settings());
    }

    const source = element(
      "p",
      { class: "hint" },
      "Learns from digits that are drawn as they are needed.",
    );
    host.append(
      toolbar("Network", cell.element, units.element, learningRate.element),
      buttons.element,
      status,
      element(
        "div",
        { class: "columns digits" },
        element(
          "div",
          { class: "drawing" },
          element("h3", {}, "Draw here"),
          paper.element,
          toolbar(
            "Drawing",
            button("Clear", () => paper.clear()),
            button("Sample", () => void sample()),
            button("Read again", () => picture && read({ picture, finished: true })),
          ),
          element(
            "p",
            { id: "pad-help", class: "hint" },
            "By keyboard: arrows move, Space puts the pen down and lifts it, Delete clears.",
          ),
        ),
        view.element,
      ),
      loss.element,
      element(
        "div",
        { class: "stack" },
        element("h3", {}, "Real handwriting"),
        source,
        fileDrop({
          label:
            "Drop MNIST’s files here, or choose them: pictures and labels, plain or gzip (train-images-idx3-ubyte.gz, …)",
          files: (files) => void open(files),
        }),
      ),
    );
    view.clear();
    kit.begin(training);
    void sample();
  },
};
