import { checkNumber, checkShape, kindError, valueError } from "../core/check.ts";
import { differentiate, type Loss, type LossValue } from "../core/differentiate.ts";
import { HeapPiece, wholeVectors } from "../core/heap.ts";
import type { Kernels } from "../core/kernels.ts";
import { Module } from "../core/module.ts";
import { type Block, Parameter } from "../core/parameter.ts";
import type { Runtime } from "../core/runtime.ts";
import { inFrame, openFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";

/** What every optimizer can be given. */
export interface OptimizerOptions {
  /** The step size. */
  readonly learningRate?: number;
  /** Scales all gradients down together so that their norm is at most this, as torch's clip_grad_norm_. */
  readonly clipNorm?: number;
  /** Cuts every element of the gradients to [-clipValue, clipValue], before the norm is taken. */
  readonly clipValue?: number;
}

/** @internal */
export const optimizerOptionNames = ["learningRate", "clipNorm", "clipValue"] as const;

/** Neighbouring parameters of one block that are updated together; offsets and sizes in floats. */
interface Range {
  readonly block: Block;
  readonly offset: number;
  size: number;
  /** Which update of them this is, from 1. */
  readonly step: number;
}

/** What stands in memory of a range, as addresses: values, gradients and one slab for each moment. */
export interface Slabs {
  readonly value: number;
  readonly gradient: number;
  readonly moments: readonly number[];
  readonly size: number;
  /** Which update of these values this is, from 1. */
  readonly step: number;
}

/** Parameters joined to as few ranges as blocks and numbers of updates allow, blocks in order of first use. */
function joinRanges(
  parameters: readonly Parameter[],
  stepOf: (parameter: Parameter) => number,
): Range[] {
  const blocks = new Map<Block, Parameter[]>();
  for (const p of parameters) {
    const others = blocks.get(p.block);
    if (others) others.push(p);
    else blocks.set(p.block, [p]);
  }
  const ranges: Range[] = [];
  for (const [block, members] of blocks) {
    members.sort((a, b) => a.offset - b.offset);
    for (const member of members) {
      const [offset, size, step] = [member.offset, wholeVectors(member.size), stepOf(member)];
      const last = ranges.at(-1);
      const joins =
        last?.block === block && last.offset + last.size === offset && last.step === step;
      if (joins) last.size += size;
      else ranges.push({ block, offset, size, step });
    }
  }
  return ranges;
}

/** What changes parameters along their gradients. */
export abstract class Optimizer {
  readonly #where: string;
  #learningRate: number;
  readonly #clipNorm: number | undefined;
  readonly #clipValue: number | undefined;
  /** Slabs of moments for each block, one behind the other; they go with the block or the optimizer. */
  readonly #moments = new WeakMap<Block, HeapPiece>();
  /** How often each parameter was updated. */
  readonly #updates = new WeakMap<Parameter, number>();
  #gradientNorm: number | undefined;

  constructor(where: string, learningRate: number, options: OptimizerOptions) {
    this.#where = where;
    this.#learningRate = checkNumber(where, "learningRate", learningRate, 0);
    const { clipNorm, clipValue } = options;
    for (const [name, limit] of Object.entries({ clipNorm, clipValue }))
      if (limit !== undefined && checkNumber(where, name, limit, 0) === 0)
        throw valueError(where, `${name} above 0`, limit);
    this.#clipNorm = clipNorm;
    this.#clipValue = clipValue;
  }

  /** The step size; may be changed between steps. Throws a RangeError for a negative one. */
  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    this.#learningRate = checkNumber(this.#where, "learningRate", value, 0);
  }

  /** The norm of all gradients together in the last step, before clipping; undefined where `clipNorm` is not set. */
  get gradientNorm(): number | undefined {
    return this.#gradientNorm;
  }

  /** How many slabs of moments the rule keeps for each parameter. */
  protected abstract readonly momentCount: number;

  /** The rule, for one range. */
  protected abstract apply(runtime: Runtime, slabs: Slabs): void;

  /**
   * One step: runs `f`, lets the gradient of its loss flow back and updates the parameters that the loss reached, or of
   * those only the ones given (the others are frozen). Returns the loss as a number; where `f` returns an object with a
   * `loss` in it, the object with the loss as a number.
   * Throws a TypeError for an async `f`, a RangeError for a loss of more than one element, an Error where it reached no
   * parameter; nothing has changed then.
   */
  minimize<L extends Loss>(
    f: () => L,
    parameters?: Readonly<Record<string, Tensor>>,
  ): LossValue<L> {
    const where = `${this.#where}.minimize`;
    const targets = parameters && checkParameters(where, parameters);
    return differentiate(where, f, targets, (frame, tape, value) => {
      const reached = tape.parameters;
      if (reached.length === 0)
        throw new Error(
          `${where}: expected a loss that depends on parameters, got one without any`,
        );
      this.#step(frame.runtime, reached);
      return value;
    });
  }

  /**
   * Updates parameters along gradients of one's own, keyed alike: for gradients added up over several batches.
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
      this.#step(frame.runtime, [...new Set(list)]);
    });
  }

  #step(runtime: Runtime, parameters: readonly Parameter[]): void {
    const { kernels } = runtime;
    const stepOf = (p: Parameter): number => (this.#updates.get(p) ?? 0) + 1;
    const ranges = joinRanges(parameters, stepOf).map((range) => this.#locate(range));
    for (const { gradient, size } of ranges)
      if (this.#clipValue !== undefined)
        kernels.clip_forward(gradient, gradient, size, -this.#clipValue, this.#clipValue);
    if (this.#clipNorm !== undefined) this.#clip(kernels, ranges, this.#clipNorm);
    for (const slabs of ranges) this.apply(runtime, slabs);
    for (const p of parameters) this.#updates.set(p, stepOf(p));
    for (const block of new Set(parameters.map((p) => p.block))) block.version++;
  }

  #clip(kernels: Kernels, ranges: readonly Slabs[], limit: number): void {
    let squares = 0;
    for (const { gradient, size } of ranges) squares += kernels.sum_squares(gradient, size);
    const norm = Math.sqrt(squares);
    this.#gradientNorm = norm;
    const factor = limit / (norm + 1e-6); // as torch has it; NaN scales too, so that it shows everywhere
    if (!(factor >= 1))
      for (const { gradient, size } of ranges) kernels.scale(gradient, factor, size);
  }

  #locate({ block, offset, size, step }: Range): Slabs {
    const value = block.piece.address + 4 * offset;
    const moments: number[] = [];
    if (this.momentCount > 0) {
      let piece = this.#moments.get(block);
      if (!piece) {
        piece = new HeapPiece(block.runtime.heap, this.momentCount * block.size);
        this.#moments.set(block, piece);
      }
      for (let i = 0; i < this.momentCount; i++)
        moments.push(piece.address + 4 * (i * block.size + offset));
    }
    return { value, gradient: value + 4 * block.size, moments, size, step };
  }
}

function checkParameters(
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
