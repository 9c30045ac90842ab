/** Lets work that calls back after every step, as `fit` does, go on one step at a time. */
export class Turnstile {
  /** Begins the work, or lets it go on. */
  #goOn: () => void;
  #stepped: () => void = () => {};
  #failed: (error: unknown) => void = () => {};
  #ended = false;

  constructor(work: (pass: () => Promise<void>) => Promise<unknown>) {
    const pass = (): Promise<void> =>
      new Promise((resolve) => {
        this.#goOn = resolve;
        this.#stepped();
      });
    this.#goOn = () => {
      work(pass).then(
        () => {
          this.#ended = true;
          this.#stepped();
        },
        (error) => this.#failed(error),
      );
    };
  }

  /** Whether the work has come to its end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves after one step more, or at the end. Rejects with what went wrong. */
  next(): Promise<void> {
    return new Promise((resolve, reject) => {
      [this.#stepped, this.#failed] = [resolve, reject];
      if (this.#ended) resolve();
      else this.#goOn();
    });
  }
}
