// The worker's side of training: a loop that leaves room for messages and tells the panel what it has come to.
import type { Command, Report, Work } from "./work.ts";

/** A network in training, as a panel's worker makes it. */
export interface Trainee<W extends Work> {
  /** One training step. */
  step?(): void | Promise<void>;
  /** What the panel draws; asked for about twenty times a second. What it holds is handed over: new arrays every time. */
  progress?(): W["progress"];
  /** Whether nothing is left to learn: training pauses. */
  done?(): boolean;
  /** Takes up settings that may change during training. */
  adjust?(settings: W["settings"]): void;
  /** What the panel asked. Steps wait meanwhile. */
  answer?(question: W["question"]): W["answer"] | Promise<W["answer"]>;
}

/** Makes a network by its settings. */
export type Create<W extends Work> = (settings: W["settings"]) => Trainee<W> | Promise<Trainee<W>>;

/** Of a worker's global scope, what is used here. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/** Milliseconds of work between two looks at the messages, and between two reports. */
const SLICE = 12;
const REPORT = 50;

const message = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);

/** Resolves once messages that have come in are dealt with; unlike a timer of 0 ms, at once. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

const wait = (ms: number): Promise<void> =>
  ms > 1 ? new Promise((resolve) => setTimeout(resolve, ms)) : turn();

/** Does what a panel commands, one command after the other, and trains in between. */
export function serve<W extends Work>(scope: WorkerScope, creating: Promise<Create<W>>): void {
  let trainee: Trainee<W> = {};
  /** The same, or why there is none. */
  let made: Promise<Trainee<W>> = Promise.resolve(trainee);
  let generation = 0;
  let steps = 0;
  let running = false;
  let done = false;
  let looping = false;
  let stepsPerSecond = Number.POSITIVE_INFINITY;
  let lastReport = 0;

  const post = (report: Report<W>): void => scope.postMessage(report);
  const report = (): void => {
    lastReport = performance.now();
    if (trainee.progress)
      post({ type: "progress", generation, steps, done, progress: trainee.progress() });
  };
  const fail = (error: unknown): void => {
    running = false;
    post({ type: "failure", message: message(error) });
  };

  /** One step at a time goes on, whoever asked for it: commands, too, wait for it. */
  let queue: Promise<unknown> = creating;
  const enqueue = (task: () => void | Promise<void>): Promise<void> => {
    const next = queue.then(task).catch(fail);
    queue = next;
    return next;
  };
  const step = async (): Promise<void> => {
    await trainee.step?.();
    steps++;
    done = !trainee.step || (trainee.done?.() ?? false);
    if (done) running = false;
  };

  /** Steps for a slice of time, or the one that is due. */
  async function slice(): Promise<void> {
    const until = performance.now() + SLICE;
    while (running) {
      await step();
      if (stepsPerSecond < Number.POSITIVE_INFINITY || performance.now() >= until) break;
    }
    if (performance.now() - lastReport >= REPORT || !running) report();
  }

  async function loop(): Promise<void> {
    if (looping) return;
    looping = true;
    let due = performance.now();
    while (running) {
      await enqueue(slice);
      due = Math.max(due + 1000 / stepsPerSecond, performance.now() - REPORT); // what was missed is not made up for
      await wait(due - performance.now());
    }
    looping = false;
  }

  async function obey(command: Command<W>): Promise<void> {
    switch (command.type) {
      case "reset":
        running = false;
        generation = command.generation;
        steps = 0;
        done = false;
        trainee = {}; // should this one fail, the old one is not trained in its place
        made = creating.then((create) => create(command.settings));
        trainee = await made;
        return report();
      case "adjust":
        trainee.adjust?.(command.settings);
        return running ? undefined : report();
      case "pace":
        stepsPerSecond = command.stepsPerSecond;
        return;
      case "start":
        await made;
        running = true;
        lastReport = 0; // the first step is told of at once
        void loop();
        return;
      case "pause":
        if (!running) return;
        running = false;
        return report();
      case "step":
        await made;
        running = false;
        await step();
        return report();
      case "ask":
        try {
          await made;
          const answer = await trainee.answer?.(command.question);
          post({ type: "answer", id: command.id, answer });
        } catch (error) {
          post({ type: "failure", id: command.id, message: message(error) });
        }
    }
  }

  scope.onmessage = ({ data }: MessageEvent<Command<W>>) => void enqueue(() => obey(data));
}
