import { checkFlag, checkNumber, checkOptions, checkSize, kindError } from "../core/check.ts";
import { cosPi, power } from "../core/elementary.ts";

/**
 * A learning rate that changes from step to step: given how many steps were taken before, 0 at first, the rate of the next.
 * Any function of one's own is one; it is asked once a step, and whenever `learningRate` is read.
 */
export type Schedule = (step: number) => number;

/** @internal A rate, or a function that gives rates. */
export function checkLearningRate(where: string, name: string, rate: unknown): number | Schedule {
  if (typeof rate === "function") return rate as Schedule;
  if (typeof rate !== "number")
    throw kindError(where, `${name} to be a number or a schedule`, rate);
  return checkNumber(where, name, rate, 0);
}

/** @internal The rate of a step. What a schedule gives is checked. */
export const rateAt = (where: string, name: string, rate: number | Schedule, step: number) =>
  typeof rate === "number" ? rate : checkNumber(where, `${name}(${step})`, rate(step), 0);

/** A schedule that checks the step it is asked for. */
const schedule =
  (where: string, rate: (step: number) => number): Schedule =>
  (step) =>
    rate(checkSize(where, "step", step, 0));

/** What `stepDecay` can be given. */
export interface StepDecayOptions {
  /** Steps between two changes. */
  readonly every: number;
  /** What the rate is multiplied by each time. Default 0.1. */
  readonly factor?: number | undefined;
}

/**
 * initial · factor^⌊step / every⌋: torch's StepLR, counted in steps.
 * Throws a RangeError for a negative rate or factor, or an `every` that is no whole number above 0.
 */
export function stepDecay(initial: number, options: StepDecayOptions): Schedule {
  const where = "stepDecay";
  checkNumber(where, "initial", initial, 0);
  const { every, factor = 0.1 } = checkOptions(where, options, ["every", "factor"]);
  checkSize(where, "every", every);
  checkNumber(where, "factor", factor, 0);
  return schedule(where, (step) => initial * power(factor, Math.floor(step / every)));
}

/** What `exponentialDecay` can be given. */
export interface ExponentialDecayOptions {
  /** What the rate has been multiplied by after `decaySteps`. */
  readonly factor: number;
  /** Default 1: by the factor every step, as torch's ExponentialLR. */
  readonly decaySteps?: number | undefined;
  /** Whether it changes only once every `decaySteps`. Default false. */
  readonly staircase?: boolean | undefined;
}

/**
 * initial · factor^(step / decaySteps): Keras' ExponentialDecay; with a staircase the exponent is rounded down.
 * Throws a RangeError for a negative rate or factor, or decaySteps that are no whole number above 0.
 */
export function exponentialDecay(initial: number, options: ExponentialDecayOptions): Schedule {
  const where = "exponentialDecay";
  checkNumber(where, "initial", initial, 0);
  const known = ["factor", "decaySteps", "staircase"] as const;
  const { factor, decaySteps = 1, staircase = false } = checkOptions(where, options, known);
  checkNumber(where, "factor", factor, 0);
  checkSize(where, "decaySteps", decaySteps);
  checkFlag(where, "staircase", staircase);
  return schedule(where, (step) => {
    const exponent = step / decaySteps;
    return initial * power(factor, staircase ? Math.floor(exponent) : exponent);
  });
}

/** What `cosineDecay` can be given. */
export interface CosineDecayOptions {
  /** Steps until the final rate; it stays from there on. */
  readonly decaySteps: number;
  /** The rate at the end. Default 0. */
  readonly final?: number | undefined;
}

/**
 * final + (initial - final) (1 + cos(π step / decaySteps)) / 2, and final after that: I. Loshchilov, F. Hutter, "SGDR",
 * 2017, eq. 5, without restarts. torch's CosineAnnealingLR climbs again where this one, like Keras', stays.
 * Throws a RangeError for a negative rate, or decaySteps that are no whole number above 0.
 */
export function cosineDecay(initial: number, options: CosineDecayOptions): Schedule {
  const where = "cosineDecay";
  checkNumber(where, "initial", initial, 0);
  const { decaySteps, final = 0 } = checkOptions(where, options, ["decaySteps", "final"]);
  checkSize(where, "decaySteps", decaySteps);
  checkNumber(where, "final", final, 0);
  return schedule(where, (step) => {
    const height = (1 + cosPi(Math.min(step / decaySteps, 1))) / 2;
    return final + (initial - final) * height;
  });
}

/** What `polynomialDecay` can be given. */
export interface PolynomialDecayOptions extends CosineDecayOptions {
  /** Default 1: on a straight line. */
  readonly power?: number | undefined;
}

/**
 * final + (initial - final) (1 - step / decaySteps)^power, and final after that: Keras' PolynomialDecay, with final 0
 * torch's PolynomialLR.
 * Throws a RangeError for a negative rate or power, or decaySteps that are no whole number above 0.
 */
export function polynomialDecay(initial: number, options: PolynomialDecayOptions): Schedule {
  const where = "polynomialDecay";
  checkNumber(where, "initial", initial, 0);
  const known = ["decaySteps", "final", "power"] as const;
  const { decaySteps, final = 0, power: exponent = 1 } = checkOptions(where, options, known);
  checkSize(where, "decaySteps", decaySteps);
  checkNumber(where, "final", final, 0);
  checkNumber(where, "power", exponent, 0);
  return schedule(where, (step) => {
    const left = Math.max(1 - step / decaySteps, 0);
    return final + (initial - final) * (left > 0 ? power(left, exponent) : 0);
  });
}

/** What `warmUp` can be given. */
export interface WarmUpOptions {
  /** Steps on the way. */
  readonly steps: number;
  /** The rate of the first step. Default 0. */
  readonly from?: number | undefined;
}

/**
 * Climbs on a straight line from `from` at step 0 to a rate, or to the first rate of a schedule, at step `steps`; the schedule
 * begins there: warmUp(cosineDecay(1e-3, { decaySteps: 900 }), { steps: 100 }) takes 1000 steps.
 * Throws a TypeError for what is no rate and no schedule, a RangeError for a negative rate, or steps that are no whole
 * number above 0.
 */
export function warmUp(rate: number | Schedule, options: WarmUpOptions): Schedule {
  const where = "warmUp";
  const target = checkLearningRate(where, "rate", rate);
  const { steps, from = 0 } = checkOptions(where, options, ["steps", "from"]);
  checkSize(where, "steps", steps);
  checkNumber(where, "from", from, 0);
  return schedule(where, (step) => {
    const reached = rateAt(where, "rate", target, Math.max(step - steps, 0));
    return step < steps ? from + ((reached - from) * step) / steps : reached;
  });
}
