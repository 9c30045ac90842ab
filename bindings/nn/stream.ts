/// <reference lib="esnext.disposable" preserve="true" />
import { fillTable, floatWord, kinds, packGates } from "../cells/sequence.ts";
import { sequenceFields } from "../cells/sequence-table.ts";
import { kindError, valueError } from "../core/check.ts";
import { HeapPiece, wholeVectors } from "../core/heap.ts";
import type { Block, Parameter } from "../core/parameter.ts";
import type { Runtime } from "../core/runtime.ts";
import { packParameter } from "../ops/matmul.ts";
import { Embedding } from "./embedding.ts";
import { Linear } from "./linear.ts";
import { checkFit, type FusedLayer, flattenLayers, type StreamLayer } from "./stream-layers.ts";

/** The state of a stream: h, and c where the cell has one, for each recurrent layer from the first to the last. */
export type StreamState = readonly {
  /** What the layer gave last, [H]. */
  readonly h: Float32Array;
  /** What its LSTM remembers, [H]. */
  readonly c?: Float32Array;
}[];

const where = "Stream";

/** Which kind of layer the kernel is told of. */
const kindNumbers = { linear: 0, rnn: 1, gru: 2, lstm: 3 } as const;

/**
 * The most floats (16 MiB) that are spent on the gates' share of every entry of an embedding: a step then copies its row of
 * them. Beyond that it multiplies the entry's row of the embedding with W.
 */
const mostProjected = 2 ** 22;

/** One layer of the program: its table, and its state where it has one. */
interface Step {
  readonly layer: FusedLayer | Linear;
  readonly table: HeapPiece;
  readonly state: { readonly h: HeapPiece; readonly c?: HeapPiece } | undefined;
}

/**
 * A stack of recurrent and linear layers that runs one step at a time, as samples arrive: synchronous, one call into the
 * kernels a step for the whole stack, and nothing is allocated while it runs. The state lives in the stream; the weights are
 * those of the layers, and changes of them are seen. With an `Embedding` as the first layer frames are numbers of its entries,
 * and what the gates of the next layer make of each entry is computed beforehand.
 */
export class Stream {
  /** Features of a frame; 1 where frames are numbers of entries. */
  readonly inputSize: number;
  /** Features of an output. */
  readonly outputSize: number;
  readonly #runtime: Runtime;
  readonly #steps: readonly Step[];
  readonly #program: HeapPiece;
  readonly #input: HeapPiece;
  readonly #embedding: Embedding | undefined;
  /** Where the number of the entry at work is kept; 0 where entries are not projected beforehand. */
  readonly #entry: number;
  readonly #work: HeapPiece[] = [];
  /** Where the last layer puts its output. */
  readonly #output: number;
  readonly #blocks: readonly Block[];
  /** The versions of the blocks that the packed weights were made from. */
  readonly #versions: number[];

  /** Throws a TypeError for another kind of layer, a RangeError where sizes do not fit or a layer runs both ways. */
  constructor(layers: readonly StreamLayer[]) {
    if (!Array.isArray(layers)) throw kindError(where, "an array of layers", layers);
    const [first] = layers;
    const embedding = first instanceof Embedding ? first : undefined;
    const list = flattenLayers(embedding ? layers.slice(1) : layers, embedding ? 1 : 0);
    checkFit(embedding, list);
    const modules = embedding ? [embedding, ...list] : list;
    const parameters = modules.flatMap((layer) => Object.values(layer.parameters()) as Parameter[]);
    this.#runtime = parameters[0]!.home;
    if (parameters.some((p) => p.home !== this.#runtime))
      throw new Error(`${where}: expected layers that were created under the same kernels`);
    this.inputSize = embedding ? 1 : list[0]!.inputSize;
    this.outputSize = list.at(-1)!.outputSize;
    this.#blocks = [...new Set(parameters.map((p) => p.block))];
    this.#versions = this.#blocks.map(() => -1);

    const { heap } = this.#runtime;
    this.#program = new HeapPiece(heap, 2 * list.length);
    this.#input = new HeapPiece(heap, list[0]!.inputSize);
    let x = this.#input.address;
    this.#steps = list.map((layer, i) => {
      const { step, output } =
        layer instanceof Linear ? this.#linear(layer, x) : this.#cell(layer, x);
      const kind = layer instanceof Linear ? "linear" : layer.fused.kind;
      heap.i32.set([kindNumbers[kind], step.table.address], (this.#program.address >>> 2) + 2 * i);
      x = output;
      return step;
    });
    this.#output = x;
    this.#embedding = embedding;
    this.#entry = embedding ? this.#project(embedding, this.#steps[0]!) : 0;
    this.#refresh();
  }

  /** Memory for a buffer that nothing but the kernels sees. */
  #floats(n: number): number {
    const piece = new HeapPiece(this.#runtime.heap, n);
    this.#work.push(piece);
    return piece.address;
  }

  /** Has the first layer's kernel look its input up, where there is a kernel for that and room. */
  #project({ count, weight }: Embedding, { layer, table }: Step): number {
    if (layer instanceof Linear) return 0;
    const { kind, hiddenSize } = layer.fused;
    const floats = count * kinds[kind].gates * wholeVectors(hiddenSize);
    if (floats > mostProjected) return 0;
    const index = this.#floats(1);
    const projected = this.#floats(floats);
    const words = { entries: count, x: weight.address, index, projected };
    fillTable(this.#runtime.heap, table.address, words);
    return index;
  }

  #linear(layer: Linear, x: number): { step: Step; output: number } {
    const { heap } = this.#runtime;
    const table = new HeapPiece(heap, sequenceFields.length);
    const y = this.#floats(layer.outputSize);
    fillTable(heap, table.address, {
      inputSize: layer.inputSize,
      hiddenSize: layer.outputSize,
      x,
      bx: layer.bias?.address ?? 0,
      y,
    });
    return { step: { layer, table, state: undefined }, output: y };
  }

  #cell(layer: FusedLayer, x: number): { step: Step; output: number } {
    const { heap } = this.#runtime;
    const { kind, variant, hiddenSize, forgetBias = 0, weights } = layer.fused;
    const hp = wholeVectors(hiddenSize);
    const table = new HeapPiece(heap, sequenceFields.length);
    const h = new HeapPiece(heap, hiddenSize);
    const c = kinds[kind].states === 2 ? new HeapPiece(heap, hiddenSize) : undefined;
    const rows = this.#floats(2 * hp); // before and after the step
    const one = this.#floats(1);
    heap.i32[one >>> 2] = 1;
    fillTable(heap, table.address, {
      steps: 1,
      batch: 1,
      rows: 1,
      inputSize: layer.inputSize,
      hiddenSize,
      variant,
      forgetBias: floatWord(forgetBias),
      sizes: one,
      x,
      h0: h.address,
      c0: c?.address ?? 0,
      bx: weights.bias_ih?.address ?? 0,
      br: weights.bias_hh?.address ?? 0,
      bias: this.#floats(4 * hp),
      gates: this.#floats(kinds[kind].gates * hp),
      h: rows,
      c: this.#floats(2 * hp),
      tanhC: this.#floats(hp),
      last: one,
      hLast: h.address,
      cLast: c?.address ?? 0,
    });
    const step = { layer, table, state: c ? { h, c } : { h } };
    return { step, output: rows + 4 * hp };
  }

  /** Packs weights that have changed since the last step. */
  #refresh(): void {
    const { heap, kernels } = this.#runtime;
    this.#embedding?.weight.checkUsable();
    for (const { layer, table } of this.#steps) {
      if (layer instanceof Linear) {
        fillTable(heap, table.address, { w: packParameter(layer.weight, "nt") });
        continue;
      }
      const { weights, hiddenSize } = layer.fused;
      fillTable(heap, table.address, {
        w: packGates(weights.weight_ih, "nt", hiddenSize, layer.inputSize),
        r: packGates(weights.weight_hh, "nt", hiddenSize, hiddenSize),
      });
    }
    kernels.stream_refresh(this.#program.address, this.#steps.length);
    this.#blocks.forEach((block, i) => {
      this.#versions[i] = block.version;
    });
  }

  /** @internal What it is made of, cell by cell. */
  get layers(): readonly (Embedding | FusedLayer | Linear)[] {
    const layers = this.#steps.map(({ layer }) => layer);
    return this.#embedding ? [this.#embedding, ...layers] : layers;
  }

  #checkUsable(): void {
    if (this.#program.disposed) throw new Error("Stream: used after it was disposed of");
  }

  /**
   * One step: a frame [inputSize], or with an embedding the number of an entry, in; an output [outputSize] into `out`.
   * Throws a TypeError or RangeError for anything else or other lengths; the state has not moved then.
   */
  step(frame: Float32Array | number, out: Float32Array): void {
    if (this.#embedding) this.#checkEntry(frame, this.#embedding.count);
    else this.#checkFrame(frame);
    if (!(out instanceof Float32Array))
      throw kindError("Stream.step", "out to be a Float32Array", out);
    if (out.length !== this.outputSize)
      throw valueError("Stream.step", `out for ${this.outputSize} numbers`, out.length);
    this.#checkUsable();
    const blocks = this.#blocks;
    for (let i = 0; i < blocks.length; i++)
      if (blocks[i]!.version !== this.#versions[i]) {
        this.#refresh();
        break;
      }
    const { heap, kernels } = this.#runtime;
    if (typeof frame !== "number") heap.f32.set(frame, this.#input.address >>> 2);
    else if (this.#entry) heap.i32[this.#entry >>> 2] = frame;
    else this.#copyEntry(this.#embedding!, frame);
    kernels.stream_step(this.#program.address, this.#steps.length);
    const { f32 } = heap;
    const from = this.#output >>> 2;
    for (let i = 0; i < out.length; i++) out[i] = f32[from + i]!; // a loop: `set` would need a new view
  }

  #checkFrame(frame: unknown): void {
    if (!(frame instanceof Float32Array))
      throw kindError("Stream.step", "frame to be a Float32Array", frame);
    if (frame.length !== this.inputSize)
      throw valueError("Stream.step", `a frame of ${this.inputSize} numbers`, frame.length);
  }

  #checkEntry(frame: unknown, count: number): void {
    if (typeof frame !== "number")
      throw kindError("Stream.step", "frame to be the number of an entry", frame);
    if (!Number.isInteger(frame) || frame < 0 || frame >= count)
      throw valueError("Stream.step", `frame to be a whole number from 0 to ${count - 1}`, frame);
  }

  #copyEntry({ size, weight }: Embedding, entry: number): void {
    const from = (weight.address >>> 2) + entry * size;
    this.#runtime.heap.f32.copyWithin(this.#input.address >>> 2, from, from + size);
  }

  /** A copy of the state, plain data to keep or to send. */
  saveState(): StreamState {
    this.#checkUsable();
    return this.#steps.flatMap(({ state }) =>
      state ? [{ h: state.h.view.slice(), ...(state.c && { c: state.c.view.slice() }) }] : [],
    );
  }

  /** Goes back to a state that `saveState` gave. Throws a RangeError where it is one of another stack; nothing has changed then. */
  loadState(saved: StreamState): void {
    const at = "Stream.loadState";
    this.#checkUsable();
    if (!Array.isArray(saved)) throw kindError(at, "what saveState returned", saved);
    const pieces = this.#steps.flatMap(({ state }) => (state ? [state] : []));
    if (saved.length !== pieces.length)
      throw valueError(at, `the states of ${pieces.length} layers`, saved.length);
    const copies = pieces.flatMap((piece, i) =>
      Object.entries(piece).map(([name, to]) => {
        const from: unknown = (saved as StreamState)[i]?.[name as "h"];
        if (!(from instanceof Float32Array))
          throw kindError(at, `state ${i} to have ${name}, a Float32Array`, from);
        if (from.length !== to.floats)
          throw valueError(at, `${name} of state ${i} to have ${to.floats} numbers`, from.length);
        return { to, from };
      }),
    );
    for (const { to, from } of copies) to.view.set(from);
  }

  /** Back to a state of zeros. */
  reset(): void {
    this.#checkUsable();
    for (const { state } of this.#steps)
      if (state) for (const piece of Object.values(state)) piece.view.fill(0);
  }

  /** Gives the memory back at once. Nobody has to: it happens by itself once the stream is collected. */
  dispose(): void {
    const states = this.#steps.flatMap(({ state }) => (state ? Object.values(state) : []));
    const tables = this.#steps.map(({ table }) => table);
    for (const piece of [this.#program, this.#input, ...this.#work, ...tables, ...states])
      piece.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
