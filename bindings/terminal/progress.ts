import cliProgress, { type Bar, type MultiBar } from "cli-progress";
import { checkOptions, kindError } from "../core/check.ts";
import type { Callbacks, Logs, TrainingPlan } from "../models/callbacks.ts";

/** Where progress is written: process.stdout or its like. */
export interface ProgressStream {
  /** Takes text with the terminal's control sequences. */
  write(text: string): unknown;
  /** Whether lines can be drawn again. */
  readonly isTTY?: boolean | undefined;
  /** Characters a line. */
  readonly columns?: number | undefined;
}

/** What a progress bar can be given. */
export interface ProgressBarOptions {
  /** Default process.stdout. */
  readonly stream?: ProgressStream | undefined;
}

function checkStream(where: string, given: ProgressStream | undefined): ProgressStream {
  const host = globalThis as { process?: { stdout?: ProgressStream } };
  const stream = given ?? host.process?.stdout;
  if (typeof stream?.write !== "function")
    throw kindError(where, "stream to be a stream such as process.stdout", stream);
  return stream;
}

/** `loss 0.1234  accuracy 0.9500` */
const logsText = (logs: Logs): string =>
  Object.entries(logs)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join("  ");

/** Milliseconds between two drawings of the bar, at least. */
const redraw = 50;

/** A bar under the lines that stay. Without the number of batches it has no end, and only says how many are done. */
class LiveBar {
  readonly #bars: MultiBar;
  readonly #bar: Bar;
  readonly #batches: number | undefined;
  #done = 0;
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(stream: ProgressStream, { epochs, batches }: TrainingPlan) {
    const columns = stream.columns || 80;
    this.#batches = batches;
    this.#bars = new cliProgress.MultiBar({
      stream,
      format:
        batches === undefined
          ? "{label}  {value} batches  {logs}"
          : "{label} {bar} {eta_formatted} left  {logs}",
      barsize: Math.max(8, Math.min(40, columns - 50)),
      barCompleteChar: "█",
      barIncompleteChar: "░",
      linewrap: true, // which cuts lines at the terminal's width, and leaves its settings alone
      clearOnComplete: true,
      etaBuffer: 100,
    });
    this.#bar = this.#bars.create(epochs * (batches ?? 0), 0, { label: "", logs: "" });
  }

  beginEpoch(epoch: number, label: string): void {
    if (this.#batches !== undefined) this.#done = epoch * this.#batches;
    this.#bar.update(this.#done, { label, logs: "" });
  }

  advance(logs: Logs): void {
    this.#bar.update(++this.#done, { logs: logsText(logs) });
    const now = performance.now();
    if (now - this.#drawn < redraw) return;
    this.#bars.update(); // its own timer gets a turn now and then only
    this.#drawn = now;
  }

  line(text: string): void {
    this.#bars.log(`${text}\n`);
    this.#bars.update();
  }

  stop(): void {
    this.#bars.stop();
  }
}

/**
 * A callback for `fit` that shows how far it is, with the loss and the metrics: a bar in a terminal, which goes when training
 * ends, and a line for every epoch, which stays; the lines alone where the stream is a file or a pipe. Needs the package
 * cli-progress.
 */
export function progressBar(options?: ProgressBarOptions): Callbacks {
  const where = "progressBar";
  const stream = checkStream(where, checkOptions(where, options, ["stream"]).stream);
  let epochs = 0;
  let bar: LiveBar | undefined;
  const label = (epoch: number): string =>
    `epoch ${String(epoch + 1).padStart(String(epochs).length)}/${epochs}`;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    onTrainBegin(plan) {
      epochs = plan.epochs;
      if (stream.isTTY) bar = new LiveBar(stream, plan);
    },
    onEpochBegin: (epoch) => bar?.beginEpoch(epoch, label(epoch)),
    onBatchEnd: (_, logs) => bar?.advance(logs),
    onEpochEnd(epoch, logs) {
      const text = `${label(epoch)}  ${logsText(logs)}`;
      if (bar) bar.line(text);
      else stream.write(`${text}\n`);
    },
    onTrainEnd: stop,
    onTrainAbort: stop,
  };
}
