import { checkFlag, checkNumber, checkOptions, kindError, valueError } from "../core/check.ts";
import type { Extras } from "../core/extras.ts";
import { Module } from "../core/module.ts";
import { Parameter } from "../core/parameter.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkLearningRate, rateAt, type Schedule } from "./schedules.ts";

/** What every rule can be given, for all parameters or for a group of them. */
export interface RuleSettings {
  /** The step size, or a schedule of it. */
  readonly learningRate: number | Schedule;
  /** How strongly values are drawn to 0: added to the gradient as weightDecay · value, after clipping. Default 0. */
  readonly weightDecay: number;
}

/** Settings of which any may be left out. */
export type SomeOf<S> = { readonly [Name in keyof S]?: S[Name] | undefined };

/** Parameters that a rule treats in another way than the rest: what is not given here is as in the optimizer's options. */
export type GroupOptions<S extends RuleSettings = RuleSettings> = SomeOf<S> & {
  /** Which: `module.parameters()`, or some of them. A parameter can be in one group only. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** Whether they stay as they are. Default false. */
  readonly frozen?: boolean | undefined;
};

/** @internal What stands in memory of neighbouring parameters, as addresses. */
export interface Slabs {
  readonly value: number;
  readonly gradient: number;
  /** One slab for each moment; 0 for one that is not kept. */
  readonly moments: Readonly<Record<string, number>>;
  readonly size: number;
  /** Which update of these values this is, from 1. */
  readonly step: number;
}

/** @internal How an optimizer changes values along their gradients. */
export interface Rule<S extends RuleSettings> {
  /** All its settings, as they are where nothing else is said. Numbers are never negative. */
  readonly defaults: S;
  /** Whether weight decay acts on the values themselves rather than on the gradient. */
  readonly decoupled?: boolean;
  /** Refuses settings that do not go together. */
  check?(where: string, settings: S): void;
  /** The moments that it keeps for each value, and what they begin with. */
  moments(settings: S): Readonly<Record<string, number>>;
  update(kernels: Extras, slabs: Slabs, settings: S, learningRate: number): void;
}

/** @internal Names of the settings of a rule. */
export const settingNames = <S extends RuleSettings>({ defaults }: Rule<S>) =>
  Object.keys(defaults) as (keyof S & string)[];

/** Settings out of options, `others` where they say nothing. */
function settle<S extends RuleSettings>(
  where: string,
  rule: Rule<S>,
  options: SomeOf<S>,
  others: S,
): S {
  const settings = { ...others };
  for (const name of settingNames(rule)) {
    const value = options[name];
    if (value === undefined) continue;
    if (name === "learningRate") checkLearningRate(where, name, value);
    else if (typeof rule.defaults[name] === "boolean") checkFlag(where, name, value);
    else checkNumber(where, name, value, 0);
    Object.assign(settings, { [name]: value });
  }
  rule.check?.(where, settings);
  return settings;
}

/** Parameters by name, as `module.parameters()` gives them; each of them a parameter. */
export function checkParameters(
  where: string,
  parameters: Readonly<Record<string, Tensor>>,
): readonly Parameter[] {
  if (typeof parameters !== "object" || parameters === null || parameters instanceof Module)
    throw kindError(where, "parameters such as module.parameters()", parameters);
  if (Object.keys(parameters).length === 0) throw valueError(where, "parameters", "none");
  return Object.entries(parameters).map(([name, p]) => {
    if (!(p instanceof Parameter))
      throw kindError(where, `parameters.${name} to be a parameter`, p);
    return p;
  });
}

/** Settings that hold for some parameters of an optimizer. What can be set here holds from the next step on. */
export class Group<S extends RuleSettings = RuleSettings> {
  /** The settings as they were at first; the learning rate in force is `learningRate`. */
  readonly settings: S;
  readonly #where: string;
  readonly #steps: () => number;
  readonly #others: Group<S> | undefined;
  #rate: number | Schedule | undefined;
  #frozen = false;

  /** @internal Without `others` the settings are those of all parameters that are in no group. */
  constructor(
    where: string,
    rule: Rule<S>,
    options: SomeOf<S>,
    steps: () => number,
    others?: Group<S>,
  ) {
    this.#where = where;
    this.#steps = steps;
    this.#others = others;
    this.settings = settle(where, rule, options, others?.settings ?? rule.defaults);
    this.#rate = others ? options.learningRate : this.settings.learningRate;
  }

  /**
   * The step size of the next step: the optimizer's own where the group has none. A number or a schedule can be put in its
   * place. Throws a TypeError for what is neither, a RangeError for a negative rate.
   */
  get learningRate(): number {
    const rate = this.#rate;
    if (rate === undefined) return this.#others!.learningRate;
    return rateAt(this.#where, "learningRate", rate, this.#steps());
  }

  set learningRate(rate: number | Schedule) {
    this.#rate = checkLearningRate(this.#where, "learningRate", rate);
  }

  /** @internal The group whose rate this one goes by: groups of one rate ask its schedule once a step between them. */
  get rateOwner(): Group<S> {
    return this.#rate === undefined ? this.#others! : this;
  }

  /** Whether the parameters stay as they are. Throws a TypeError for anything but true and false. */
  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    if (typeof frozen !== "boolean")
      throw kindError(this.#where, "frozen to be true or false", frozen);
    this.#frozen = frozen;
  }
}

/** @internal A group out of its options, and the parameters that it is for. */
export function createGroup<S extends RuleSettings>(
  where: string,
  rule: Rule<S>,
  options: GroupOptions<S>,
  steps: () => number,
  others: Group<S>,
): { group: Group<S>; members: readonly Parameter[] } {
  if (options === undefined) throw kindError(where, "options to be an object", options);
  const {
    parameters,
    frozen = false,
    ...given
  } = checkOptions(where, options, [...settingNames(rule), "parameters", "frozen"]);
  const members = checkParameters(where, parameters);
  const group = new Group(where, rule, given as unknown as SomeOf<S>, steps, others);
  group.frozen = frozen;
  return { group, members };
}
