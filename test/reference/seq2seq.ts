import {
  affine,
  type CellWeights,
  join,
  type ReferenceCell,
  type RowState,
  rowsOf,
  type Vector,
} from "./cells.ts";

/** Parameters by the names that `Seq2Seq` gives them. */
export type Numbers = Readonly<Record<string, Vector>>;

/** How a model is built. */
export interface Form {
  readonly cell: ReferenceCell;
  readonly hiddenSize: number;
  readonly embeddingSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly attention: "luong" | "luong dot" | "bahdanau" | "none";
}

const dot = (a: Vector, b: Vector): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/**
 * The loss of one sentence after the other, step by step, as the papers have it: the mean of -ln p of every target token and
 * end. `inputs`: what each step is given; `wanted`: what it is to say.
 */
export function seq2seqLoss(
  form: Form,
  numbers: Numbers,
  sources: readonly (readonly number[])[],
  inputs: readonly (readonly number[])[],
  wanted: readonly (readonly number[])[],
): number {
  let [sum, count] = [0, 0];
  sources.forEach((source, n) => {
    const model = new Sentence(form, numbers);
    model.read(source);
    inputs[n]!.forEach((token, t) => {
      const logits = model.step(token);
      sum += Math.log(logits.reduce((all, v) => all + Math.exp(v), 0)) - logits[wanted[n]![t]!]!;
      count++;
    });
  });
  return sum / count;
}

/** A model at work on one sentence. */
class Sentence {
  readonly #form: Form;
  readonly #numbers: Numbers;
  #outputs: Vector[] = [];
  #states: RowState[] = [];

  constructor(form: Form, numbers: Numbers) {
    this.#form = form;
    this.#numbers = numbers;
  }

  #linear(name: string, x: Vector): Vector {
    const weight = rowsOf(this.#numbers[`${name}.weight`]!, x.length);
    return affine(weight, x, this.#numbers[`${name}.bias`]);
  }

  #embed(name: string, token: number): Vector {
    return rowsOf(this.#numbers[`${name}.embedding.weight`]!, this.#form.embeddingSize)[token]!;
  }

  #cell(name: string, x: Vector, state: RowState): RowState {
    const at = (part: string): Vector => this.#numbers[`${name}.${part}`]!;
    const weights: CellWeights = {
      weight_ih: rowsOf(at("weight_ih"), x.length),
      weight_hh: rowsOf(at("weight_hh"), state.h.length),
      bias_ih: at("bias_ih"),
      bias_hh: at("bias_hh"),
    };
    return this.#form.cell.step(weights, x, state);
  }

  #zeros(): RowState {
    const { hiddenSize, cell } = this.#form;
    const zeros = (): Vector => new Float64Array(hiddenSize);
    return cell.stateNames.includes("c") ? { h: zeros(), c: zeros() } : { h: zeros() };
  }

  read(source: readonly number[]): void {
    const { numLayers, bidirectional } = this.#form;
    const directions = bidirectional ? 2 : 1;
    const finals: RowState[] = [];
    this.#outputs = source.map((token) => this.#embed("encoder", token));
    for (let layer = 0; layer < numLayers; layer++) {
      const runs = Array.from({ length: directions }, (_, direction) => {
        const name = `encoder.cells.${layer * directions + direction}`;
        let state = this.#zeros();
        const order = [...this.#outputs];
        if (direction === 1) order.reverse();
        const outputs = order.map((x) => {
          state = this.#cell(name, x, state);
          return state.h;
        });
        if (direction === 1) outputs.reverse();
        finals.push(state);
        return outputs;
      });
      this.#outputs = source.map((_, t) => join(runs.map((run) => run[t]!)));
    }
    this.#states = bidirectional ? this.#bridge(finals) : finals;
  }

  #bridge(finals: readonly RowState[]): RowState[] {
    let next = 0;
    const merge = (a: Vector, b: Vector): Vector =>
      this.#linear(`bridge.merge.${next++}`, join([a, b]));
    return Array.from({ length: finals.length / 2 }, (_, layer) => {
      const [there, back] = [finals[2 * layer]!, finals[2 * layer + 1]!];
      const h = merge(there.h, back.h);
      return there.c ? { h, c: merge(there.c, back.c!) } : { h };
    });
  }

  /** Logits of the token after this one. */
  step(token: number): Vector {
    let x = this.#embed("decoder", token);
    this.#states = this.#states.map((state, layer) => {
      const next = this.#cell(`decoder.cells.${layer}`, x, state);
      x = next.h;
      return next;
    });
    if (this.#form.attention === "none") return this.#linear("decoder.head", x);
    const seen = this.#linear("decoder.combine", join([this.#context(x), x])).map(Math.tanh);
    return this.#linear("decoder.head", seen);
  }

  #score(query: Vector, value: Vector): number {
    const { attention } = this.#form;
    if (attention === "luong dot") return dot(query, value);
    if (attention === "luong") return dot(query, this.#linear("decoder.attention.project", value));
    const q = this.#linear("decoder.attention.query", query);
    const k = this.#linear("decoder.attention.key", value);
    return this.#linear(
      "decoder.attention.sum",
      q.map((v, i) => Math.tanh(v + k[i]!)),
    )[0]!;
  }

  #context(query: Vector): Vector {
    const { hiddenSize, bidirectional } = this.#form;
    const context = new Float64Array((bidirectional ? 2 : 1) * hiddenSize);
    const shares = this.#outputs.map((value) => Math.exp(this.#score(query, value)));
    const total = shares.reduce((a, b) => a + b, 0);
    this.#outputs.forEach((value, t) => {
      value.forEach((v, i) => {
        context[i]! += (shares[t]! / total) * v;
      });
    });
    return context;
  }
}
