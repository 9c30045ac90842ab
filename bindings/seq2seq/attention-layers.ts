import {
  checkChoice,
  checkOptions,
  checkShape,
  checkSize,
  kindError,
  valueError,
} from "../core/check.ts";
import { Module } from "../core/module.ts";
import { deriveSeed } from "../core/random.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { Linear } from "../nn/linear.ts";
import { matmul } from "../ops/matmul.ts";
import {
  type Attended,
  additiveScores,
  attend,
  type Counted,
  checkCounted,
  type MaskOptions,
  turned,
} from "./attention.ts";

/** What is attended to: made once of a batch by `Attention.memory`, for any number of queries. */
export interface Memory {
  /** What made it, and takes it. */
  readonly layer: Attention;
  /** The keys, in the form that its attention scores. */
  readonly keys: Tensor;
  /** [batch, time, valueSize] */
  readonly values: Tensor;
  /** [batch · time] 1 where a key counts; all do without it. */
  readonly counted: Counted | undefined;
}

/** Attention with weights that are learnt: the keys are made of the values themselves. */
export abstract class Attention extends Module {
  /** Features of a query. */
  readonly querySize: number;
  /** Features of a value. */
  readonly valueSize: number;
  readonly #where: string;

  constructor(where: string, querySize: number, valueSize: number) {
    super();
    this.#where = where;
    this.querySize = checkSize(where, "querySize", querySize);
    this.valueSize = checkSize(where, "valueSize", valueSize);
  }

  /** @internal Values [batch, time, valueSize] to keys. */
  protected abstract keysOf(values: Tensor): Tensor;
  /** @internal Queries [batch, steps, querySize] and keys to scores [batch, steps, time]. */
  protected abstract score(query: Tensor, keys: Tensor): Tensor;

  /** Values [batch, time, valueSize] made ready, with which of them count. */
  memory(values: Tensor, options?: MaskOptions): Memory {
    const where = `${this.#where}.memory`;
    const checked = checkOptions(where, options, ["lengths", "mask"]);
    const { shape } = checkTensor(where, "values", values);
    checkShape(where, "values", shape, ["batch", "time", this.valueSize]);
    const counted = checkCounted(where, checked, shape[0]!, shape[1]!);
    return inFrame([values, this], () => {
      return { layer: this, keys: this.keysOf(values), values, counted };
    });
  }

  /**
   * query [batch, steps, querySize] → context [batch, steps, valueSize] and weights [batch, steps, time]. Throws a TypeError or
   * RangeError for a memory that another layer made, or a query that does not fit.
   */
  forward(query: Tensor, memory: Memory): Attended {
    const where = `${this.#where}.forward`;
    if (typeof memory !== "object" || memory === null || !("values" in memory))
      throw kindError(where, "memory to be what memory() returned", memory);
    const { layer, keys, values, counted } = memory;
    if (layer !== this) throw kindError(where, "memory that this layer made", layer);
    const { shape } = checkTensor(where, "query", query);
    checkShape(where, "query", shape, [values.shape[0]!, "steps", this.querySize]);
    return inFrame([query, values, this], () => attend(this.score(query, keys), values, counted));
  }
}

/** What Luong's attention can be given. */
export interface LuongAttentionOptions {
  /** "general" learns W of q · W k; "dot" learns nothing, and wants queries as long as values. Default "general". */
  readonly kind?: "general" | "dot" | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

/**
 * Multiplicative attention (Luong et al. 2015, arXiv:1508.04025, section 3.1). Parameter of "general": project.weight
 * [querySize, valueSize].
 */
export class LuongAttention extends Attention {
  /** W of "general". */
  readonly project?: Linear;

  /** Throws a RangeError for sizes below 1, or with "dot" for sizes that differ. */
  constructor(querySize: number, valueSize: number, options?: LuongAttentionOptions) {
    const where = "LuongAttention";
    super(where, querySize, valueSize);
    const { kind = "general", seed } = checkOptions(where, options, ["kind", "seed"]);
    if (checkChoice(where, "kind", kind, ["general", "dot"]) === "general")
      this.project = new Linear(valueSize, querySize, { bias: false, ...seeded(seed) });
    else if (valueSize !== querySize)
      throw valueError(where, `valueSize ${querySize}, as querySize, for "dot"`, valueSize);
  }

  /** @internal [batch, querySize, time] */
  protected keysOf(values: Tensor): Tensor {
    return turned(this.project ? this.project.forward(values) : values);
  }

  /** @internal */
  protected score(query: Tensor, keys: Tensor): Tensor {
    return matmul(query, keys);
  }
}

/** What Bahdanau's attention can be given. */
export interface BahdanauAttentionOptions {
  /** Features of the sum of a query and a key. Default: as many as a query has. */
  readonly size?: number | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

/**
 * Additive attention, v · tanh(W q + U k) (Bahdanau et al. 2015, arXiv:1409.0473, appendix A.1.2). Parameters: query.weight
 * [size, querySize], key.weight [size, valueSize], sum.weight [1, size].
 */
export class BahdanauAttention extends Attention {
  /** W */
  readonly query: Linear;
  /** U */
  readonly key: Linear;
  /** v */
  readonly sum: Linear;

  /** Throws a RangeError for sizes below 1. */
  constructor(querySize: number, valueSize: number, options?: BahdanauAttentionOptions) {
    const where = "BahdanauAttention";
    super(where, querySize, valueSize);
    const { size = querySize, seed } = checkOptions(where, options, ["size", "seed"]);
    checkSize(where, "size", size);
    const make = (inputs: number, outputs: number, n: number): Linear =>
      new Linear(inputs, outputs, { bias: false, ...seeded(deriveSeed(seed, n)) });
    this.query = make(querySize, size, 0);
    this.key = make(valueSize, size, 1);
    this.sum = make(size, 1, 2);
  }

  /** @internal [batch, time, size] */
  protected keysOf(values: Tensor): Tensor {
    return this.key.forward(values);
  }

  /** @internal */
  protected score(query: Tensor, keys: Tensor): Tensor {
    return additiveScores(this.query.forward(query), keys, this.sum.weight);
  }
}

/** A seed as the options that take it. */
export const seeded = (seed: number | undefined): { seed?: number } =>
  seed === undefined ? {} : { seed };
