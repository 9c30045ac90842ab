/** How long work may go on before others have their turn, in milliseconds: half a frame at 60 a second. */
const longest = 8;

/** What Node has to come back in a task of its own. It does not sleep, as timers do once they are nested. */
interface Turns {
  readonly setImmediate?: (then: () => void) => unknown;
}

/**
 * Lets go of the event loop once, so that events, timers and drawing have their turn. Not by scheduler.yield: in Chromium
 * what it comes back to goes before all timers and messages, which would then wait until the work is done.
 */
function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as Turns;
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Keeps long work from holding up the event loop. */
export class Pace {
  #since = Number.NEGATIVE_INFINITY;

  /** To be awaited between steps: lets go of the event loop where that is due, and the first time, since work came before. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since < longest) return;
    await nextTurn();
    this.#since = performance.now();
  }
}

/** Keeps training from holding up the event loop, and ends it where its signal is aborted. */
export class Pauses {
  readonly #pace = new Pace();
  readonly #signal: AbortSignal | undefined;
  /** Whether it ended while a batch was waited for, which may never come: closing waits for it too. */
  stalled = false;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** To be awaited between steps. Throws the signal's reason once it is aborted. */
  async pause(): Promise<void> {
    this.#signal?.throwIfAborted();
    await this.#pace.breathe();
    this.#signal?.throwIfAborted();
  }

  /** The batches of an epoch. Throws the signal's reason once it is aborted, whether the next batch comes or not. */
  async *batches<Batch>(epoch: AsyncIterator<Batch, void>): AsyncGenerator<Batch> {
    for (;;) {
      this.#signal?.throwIfAborted();
      const { done, value } = await this.#unlessAborted(epoch.next());
      if (done) return;
      yield value;
    }
  }

  #unlessAborted<T>(waited: Promise<T>): Promise<T> {
    const signal = this.#signal;
    if (!signal) return waited;
    return new Promise<T>((resolve, reject) => {
      const abort = (): void => {
        this.stalled = true;
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort);
      const settled = (): void => signal.removeEventListener("abort", abort);
      waited.then(resolve, reject).finally(settled);
    });
  }
}
