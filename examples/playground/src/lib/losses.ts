import type { Chart } from "./chart.ts";

/** The most points of a curve: more than a chart has pixels for are of no use, and cost time at every report. */
const MOST = 600;

/** A loss curve as it grows: of many points every second one is dropped, and of those to come as many. */
export class Losses {
  #steps: number[] = [];
  #values: number[] = [];
  #given = 0;
  /** Of so many losses one is kept. */
  #every = 1;

  /** The loss at a step; one that is not a number is left out. */
  add(step: number, loss: number): void {
    if (Number.isNaN(loss) || this.#given++ % this.#every !== 0) return;
    this.#steps.push(step);
    this.#values.push(loss);
    if (this.#steps.length < MOST) return;
    const even = (_: number, i: number): boolean => i % 2 === 0;
    [this.#steps, this.#values] = [this.#steps.filter(even), this.#values.filter(even)];
    this.#every *= 2;
  }

  /** Draws the curve, and says from where to where it went. */
  draw(chart: Chart): void {
    chart.draw(this.#steps, this.#values);
    const [first, last] = [this.#values[0], this.#values.at(-1)];
    if (first !== undefined)
      chart.describe(`from ${first.toPrecision(2)} to ${last!.toPrecision(2)}`);
  }
}
