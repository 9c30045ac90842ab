// The panel's side of training: a worker as an object with methods.
import type { Command, Report, Work } from "./work.ts";

/** What a panel does with what its worker tells it. */
export interface Listener<W extends Work> {
  /** Called about twenty times a second while training goes on, and after every command that changes something. */
  readonly progress?: (progress: W["progress"], state: TrainingState) => void;
  /** Called when training starts or pauses. */
  readonly running?: (running: boolean) => void;
  /** Called with what went wrong. */
  readonly failed: (message: string) => void;
}

export interface TrainingState {
  /** Steps since the network was made. */
  readonly steps: number;
  readonly running: boolean;
}

/** A network in a worker of its own. */
export interface Training<W extends Work> extends TrainingState {
  start(): void;
  pause(): void;
  /** One step, and a pause. */
  step(): void;
  /** A new network; it trains unless the visitor has paused the old one, or never started it. */
  reset(settings: W["settings"]): void;
  /** Other settings for the network there is. */
  adjust(settings: W["settings"]): void;
  /** At most so many steps a second. */
  pace(stepsPerSecond: number): void;
  /** Rejects with what went wrong in the worker. */
  ask(question: W["question"]): Promise<W["answer"]>;
  /** Holds training up while nobody sees it. */
  hold(held: boolean): void;
  /** Ends the worker. */
  stop(): void;
}

/** A question that is not answered yet. */
interface Asked<A> {
  resolve(answer: A): void;
  reject(error: Error): void;
}

/** Starts the worker that computes what is called `name` in `worker.ts`. */
export function openTraining<W extends Work>(
  name: string,
  settings: W["settings"],
  { progress, running: told, failed }: Listener<W>,
): Training<W> {
  const worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name });
  const asked = new Map<number, Asked<W["answer"]>>();
  let questions = 0;
  let steps = 0;
  let running = false;
  let held = false;
  /** Whether training came to its end, or failed: a pause that nobody asked for. */
  let ended = false;
  /** Of the network there is: what is told of one before it comes too late. */
  let generation = 0;

  const send = (command: Command<W>): void => worker.postMessage(command);
  const setRunning = (now: boolean): void => {
    if (now) ended = false;
    if (now === running) return;
    running = now;
    told?.(now);
  };
  const start = (): void => {
    setRunning(true);
    if (!held) send({ type: "start" });
  };
  const halt = (by: "pause" | "step"): void => {
    ended = false;
    setRunning(false);
    send({ type: by });
  };
  const end = (): void => {
    ended ||= running;
    setRunning(false);
  };
  const reset = (next: W["settings"]): void => {
    send({ type: "reset", generation: ++generation, settings: next });
    if (running || ended) start();
  };

  worker.onmessage = ({ data }: MessageEvent<Report<W>>) => {
    if (data.type === "progress") {
      if (data.generation !== generation) return;
      steps = data.steps;
      if (data.done) end();
      progress?.(data.progress, { steps, running });
    } else if (data.type === "answer") {
      asked.get(data.id)?.resolve(data.answer);
      asked.delete(data.id);
    } else if (data.id !== undefined) {
      asked.get(data.id)?.reject(new Error(data.message));
      asked.delete(data.id);
    } else {
      end();
      failed(data.message);
    }
  };
  worker.onerror = ({ message }) => failed(message || "The worker could not be loaded");
  reset(settings);

  return {
    get steps() {
      return steps;
    },
    get running() {
      return running;
    },
    start,
    pause: () => halt("pause"),
    step: () => halt("step"),
    reset,
    adjust: (next) => send({ type: "adjust", settings: next }),
    pace: (stepsPerSecond) => send({ type: "pace", stepsPerSecond }),
    ask(question) {
      return new Promise((resolve, reject) => {
        asked.set(questions, { resolve, reject });
        send({ type: "ask", id: questions++, question });
      });
    },
    hold(now) {
      if (now === held) return;
      held = now;
      if (running) send({ type: held ? "pause" : "start" });
    },
    stop: () => worker.terminate(),
  };
}
