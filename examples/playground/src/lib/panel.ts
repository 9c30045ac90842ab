import type { Training, TrainingState } from "./training.ts";
import type { Work } from "./work.ts";

/** A part of the page: a thing to see and to turn. */
export interface Panel {
  /** Its address: `#sine`. */
  readonly id: string;
  readonly title: string;
  /** Two or three sentences: what is seen, what to try. */
  readonly intro: string;
  /** Called once, when the panel is first shown. It stays on the page after that, hidden at times. */
  mount(host: HTMLElement, kit: Kit): void;
}

/** What the page lends a panel. Controls, charts and heat maps are functions of their own modules. */
export interface Kit {
  /**
   * A network in a worker of its own, called `name` in `worker.ts`. It is held up while the panel is hidden; what goes wrong
   * in it is shown above the panel.
   */
  train<W extends Work>(
    name: string,
    settings: W["settings"],
    listener?: {
      readonly progress?: (progress: W["progress"], state: TrainingState) => void;
      readonly running?: (running: boolean) => void;
    },
  ): Training<W>;
  /**
   * Starts training, unless the visitor would rather not have things move by themselves: then it takes one step, and the page
   * says that more is to be asked for.
   */
  begin(training: { start(): void; step(): void }): void;
  /** Says something to those who listen rather than see: a result, not every step. */
  announce(text: string): void;
  /** Shows what went wrong, until something goes well again: `undefined`. */
  fail(message: string | undefined): void;
  /** Whether the visitor would rather not have things move by themselves. */
  readonly still: boolean;
}
