import { checkOptions, checkShape, kindError, valueError } from "../core/check.ts";
import { differentiate, type Loss, type LossValue } from "../core/differentiate.ts";
import { extras } from "../core/extras.ts";
import { HeapPiece } from "../core/heap.ts";
import type { Kernels } from "../core/kernels.ts";
import type { Block, Parameter } from "../core/parameter.ts";
import type { Runtime } from "../core/runtime.ts";
import { inFrame, openFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { type ClipOptions, checkLimits, clipGradients, clipNames } from "./clip.ts";
import {
  checkParameters,
  createGroup,
  Group,
  type GroupOptions,
  type Rule,
  type RuleSettings,
  type Slabs,
  type SomeOf,
  settingNames,
} from "./group.ts";
import { joinRanges, type Range } from "./ranges.ts";
import type { Schedule } from "./schedules.ts";

/** What an optimizer can be given: the settings of its rule, clipping, groups with settings of their own. */
export type OptimizerOptions<S extends RuleSettings = RuleSettings> = SomeOf<S> &
  ClipOptions & {
    /** Parameters with settings of their own, as torch's parameter groups. */
    readonly groups?: readonly GroupOptions<S>[] | undefined;
  };

/** A range whose memory is there. */
interface Located<S extends RuleSettings> extends Slabs {
  readonly settings: S;
  readonly learningRate: number;
}

/** What an optimizer keeps of a parameter. */
export interface ParameterState {
  /** How often it was updated. */
  readonly updates: number;
  /** Its moments by name. */
  readonly moments: Readonly<Record<string, Float32Array>>;
}

/** What changes parameters along their gradients. */
export abstract class Optimizer<S extends RuleSettings = RuleSettings> {
  /** The groups, as they were given. */
  readonly groups: readonly Group<S>[];
  readonly #where: string;
  readonly #rule: Rule<S>;
  /** What holds for parameters that are in no group. */
  readonly #others: Group<S>;
  readonly #groupOf = new WeakMap<Parameter, Group<S>>();
  readonly #limits: ClipOptions;
  /** Slabs of moments for each block, by name; they go with the block or the optimizer. */
  readonly #moments = new WeakMap<Block, Map<string, HeapPiece>>();
  /** How often each parameter was updated. */
  readonly #updates = new WeakMap<Parameter, number>();
  #steps = 0;
  #gradientNorm: number | undefined;

  /** @internal */
  constructor(where: string, rule: Rule<S>, options: OptimizerOptions<S> | undefined) {
    const names = [...settingNames(rule), ...clipNames, "groups"] as const;
    const checked: OptimizerOptions<S> = checkOptions(where, options, names);
    const steps = (): number => this.#steps;
    this.#where = where;
    this.#rule = rule;
    this.#others = new Group<S>(where, rule, checked, steps);
    checkLimits(where, checked);
    this.#limits = checked;
    const { groups = [] } = checked;
    if (!Array.isArray(groups)) throw kindError(where, "groups to be an array", groups);
    this.groups = groups.map((given: GroupOptions<S>, i) => {
      const { group, members } = createGroup(
        `${where} (groups[${i}])`,
        rule,
        given,
        steps,
        this.#others,
      );
      this.#join(group, members);
      return group;
    });
  }

  #join(group: Group<S>, members: readonly Parameter[]): void {
    for (const p of members) {
      if ((this.#groupOf.get(p) ?? group) !== group)
        throw valueError(this.#where, "every parameter in one group at most", "one in two of them");
      this.#groupOf.set(p, group);
    }
  }

  /** The settings of parameters that are in no group, as they were given. */
  get settings(): S {
    return this.#others.settings;
  }

  /**
   * The step size of the next step, of parameters that are in no group; a number or a schedule can be put in its place.
   * Throws a TypeError for what is neither, a RangeError for a negative rate.
   */
  get learningRate(): number {
    return this.#others.learningRate;
  }

  set learningRate(rate: number | Schedule) {
    this.#others.learningRate = rate;
  }

  /** How many steps were taken. */
  get steps(): number {
    return this.#steps;
  }

  /** The norm of all gradients together in the last step, before `clipNorm`; undefined where that is not set. */
  get gradientNorm(): number | undefined {
    return this.#gradientNorm;
  }

  /**
   * One step: runs `f`, lets the gradient of its loss flow back and updates the parameters that the loss reached, or of
   * those only the ones given (the others are frozen), without groups that are frozen. What is frozen keeps its moments and
   * does not count in the norm, as in torch a parameter without a gradient. Returns the loss as a number; where `f` returns
   * an object with a `loss` in it, the object with the loss as a number.
   * Throws a TypeError for an async `f`, a RangeError for a loss of more than one element or a rate below 0 from a schedule,
   * an Error where the loss reached no parameter that is not frozen; nothing has changed then.
   */
  minimize<L extends Loss>(
    f: () => L,
    parameters?: Readonly<Record<string, Tensor>>,
  ): LossValue<L> {
    const where = `${this.#where}.minimize`;
    const targets = parameters && this.#trained(checkParameters(where, parameters));
    return differentiate(where, f, targets, (frame, tape, value) => {
      const reached = this.#trained(tape.parameters);
      if (reached.length === 0)
        throw new Error(
          `${where}: expected a loss that depends on parameters that are not frozen, got one without any`,
        );
      this.#step(frame.runtime, reached);
      return value;
    });
  }

  /**
   * Updates parameters along gradients of one's own, keyed alike: for gradients added up over several batches. Those of frozen
   * groups stay as they are.
   * Throws a TypeError where a gradient is missing, a RangeError where one is of another shape; nothing has changed then.
   */
  update(
    parameters: Readonly<Record<string, Tensor>>,
    gradients: Readonly<Record<string, Tensor>>,
  ): void {
    const where = `${this.#where}.update`;
    if (openFrame()?.tape)
      throw new Error(
        `${where}: called inside a function that is being differentiated; call it after`,
      );
    const list = checkParameters(where, parameters);
    if (typeof gradients !== "object" || gradients === null)
      throw kindError(where, "gradients to be an object of tensors", gradients);
    Object.keys(parameters).forEach((name, i) => {
      const gradient = checkTensor(where, `gradients.${name}`, gradients[name]);
      checkShape(where, `gradients.${name}`, gradient.shape, list[i]!.shape);
      list[i]!.checkUsable();
    });
    inFrame(list, (frame) => {
      for (const p of list) p.gradientView.fill(0);
      Object.keys(parameters).forEach((name, i) => {
        const { gradientAddress, size } = list[i]!; // a parameter under two names gets both
        frame.kernels.accumulate(gradientAddress, size, frame.at(gradients[name]!), size, 1, size);
      });
      this.#step(frame.runtime, this.#trained([...new Set(list)]));
    });
  }

  /** @internal What is kept of a parameter; undefined where it was never updated. */
  stateOf(parameter: Parameter): ParameterState | undefined {
    const updates = this.#updates.get(parameter);
    if (updates === undefined) return undefined;
    const moments: Record<string, Float32Array> = {};
    for (const [name, { view }] of this.#moments.get(parameter.block) ?? [])
      moments[name] = view.slice(parameter.offset, parameter.offset + parameter.size);
    return { updates, moments };
  }

  /** @internal Goes on from what was kept of a parameter. */
  restoreState(parameter: Parameter, { updates, moments }: ParameterState): void {
    for (const [name, values] of Object.entries(moments))
      this.#moment(parameter.block, name).view.set(values, parameter.offset);
    this.#updates.set(parameter, updates);
  }

  #groupFor(parameter: Parameter): Group<S> {
    return this.#groupOf.get(parameter) ?? this.#others;
  }

  #trained(parameters: readonly Parameter[]): Parameter[] {
    return parameters.filter((p) => !this.#groupFor(p).frozen);
  }

  #step(runtime: Runtime, parameters: readonly Parameter[]): void {
    const { kernels } = runtime;
    const rules = extras(runtime);
    const ranges = this.#prepare(parameters);
    const each = parameters.map((p) => ({ gradient: p.gradientAddress, size: p.size }));
    this.#gradientNorm = clipGradients(kernels, this.#limits, each, ranges);
    for (const slabs of ranges) {
      this.#decay(kernels, slabs);
      this.#rule.update(rules, slabs, slabs.settings, slabs.learningRate);
    }
    for (const p of parameters) this.#updates.set(p, this.#nextUpdate(p));
    for (const block of new Set(parameters.map((p) => p.block))) block.version++;
    this.#steps++;
  }

  #decay(kernels: Kernels, { value, gradient, size, settings, learningRate }: Located<S>): void {
    const { weightDecay } = settings;
    if (weightDecay === 0) return;
    if (this.#rule.decoupled) kernels.scale(value, 1 - learningRate * weightDecay, size);
    else kernels.accumulate(gradient, size, value, size, weightDecay, size);
  }

  #nextUpdate(parameter: Parameter): number {
    return (this.#updates.get(parameter) ?? 0) + 1;
  }

  /** All that can go wrong in a step, before it changes anything: schedules are asked, and moments have their memory. */
  #prepare(parameters: readonly Parameter[]): Located<S>[] {
    const groupOf = (p: Parameter): Group<S> => this.#groupFor(p);
    const rates = new Map<Group<S>, number>();
    for (const owner of new Set(parameters.map((p) => groupOf(p).rateOwner)))
      rates.set(owner, owner.learningRate);
    const ranges = joinRanges(parameters, groupOf, (p) => this.#nextUpdate(p));
    return ranges.map((range) => this.#locate(range, rates.get(range.group.rateOwner)!));
  }

  #locate({ block, group, offset, size, step }: Range<Group<S>>, learningRate: number): Located<S> {
    const { settings } = group;
    const value = block.piece.address + 4 * offset;
    const moments: Record<string, number> = {};
    for (const [name, start] of Object.entries(this.#rule.moments(settings))) {
      const piece = this.#moment(block, name);
      if (step === 1 && start !== 0) piece.view.fill(start, offset, offset + size);
      moments[name] = piece.address + 4 * offset;
    }
    return { value, gradient: value + 4 * block.size, moments, size, step, settings, learningRate };
  }

  #moment(block: Block, name: string): HeapPiece {
    const slabs = this.#moments.get(block) ?? new Map<string, HeapPiece>();
    this.#moments.set(block, slabs);
    const piece = slabs.get(name) ?? new HeapPiece(block.runtime.heap, block.size);
    slabs.set(name, piece);
    return piece;
  }
}
