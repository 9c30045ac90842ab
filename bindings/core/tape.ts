import { Parameter } from "./parameter.ts";
import type { Frame } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

interface Entry {
  readonly outputs: readonly Tensor[];
  readonly backward: () => void;
}

/**
 * The operations of one step in the order they ran; run backwards it accumulates gradients. A whole layer is one entry.
 * Wanted are the gradients of the targets given, or of every parameter that is met.
 */
export class Tape {
  /** Parameters whose gradients are wanted, in order of first use. */
  #met: Parameter[] = [];
  /** The version that each parameter's block had when it was first used, wanted or not. */
  readonly #versions = new Map<Parameter, number>();
  readonly #open: boolean;
  #entries: Entry[] = [];
  #frame: Frame | undefined;

  constructor(targets: readonly Tensor[] | undefined) {
    this.#open = targets === undefined;
    for (const target of targets ?? []) this.#want(target);
  }

  #want(x: Tensor): void {
    if (x.tape === this) return;
    x.tape = this;
    x.gradient = 0;
    if (x instanceof Parameter) {
      x.checkUsable();
      this.#met.push(x);
    }
  }

  /** The frame that gradients are taken from. It works where the parameters among the targets live. */
  attach(frame: Frame): void {
    this.#frame = frame;
    for (const p of this.#met) frame.bind(p.home);
  }

  /** Parameters whose gradients are wanted and that the loss has reached, in order of first use. */
  get parameters(): readonly Parameter[] {
    return this.#met.filter((p) => p.gradient !== 0);
  }

  record(outputs: readonly Tensor[], inputs: readonly Tensor[], backward: () => void): void {
    let wanted = false;
    for (const x of inputs) {
      if (x instanceof Parameter) {
        if (this.#open) this.#want(x);
        if (!this.#versions.has(x)) this.#versions.set(x, x.block.version);
      }
      wanted ||= x.tape === this;
    }
    if (!wanted) return;
    for (const y of outputs) {
      y.tape = this;
      y.gradient = 0;
    }
    this.#entries.push({ outputs, backward });
  }

  /** Where to add to the gradient of `x`, zeros at first; 0 where it is not wanted. */
  gradient(x: Tensor): number {
    if (x.tape !== this) return 0;
    if (x.gradient !== 0) return x.gradient;
    if (x instanceof Parameter) {
      x.gradientView.fill(0);
      x.gradient = x.gradientAddress;
    } else x.gradient = this.#frame!.zeros(x.size);
    return x.gradient;
  }

  /** Lets a gradient of 1 flow into `loss` and everything that it was computed from. */
  backward(loss: Tensor): void {
    if (this.#open && loss instanceof Parameter) this.#want(loss);
    for (const [p, version] of this.#versions) {
      p.checkUsable();
      if (p.block.version !== version)
        throw new Error(
          "Parameter: expected values that stay as they are while a step runs, got others since it was used",
        );
    }
    const address = this.gradient(loss);
    if (address === 0) return;
    this.#frame!.runtime.heap.f32[address >>> 2] = 1;
    for (let entry = this.#entries.pop(); entry; entry = this.#entries.pop())
      if (entry.outputs.some((y) => y.gradient !== 0)) entry.backward();
  }

  /** Lets go of everything recorded. */
  clear(): void {
    this.#entries = [];
    this.#met = [];
    this.#versions.clear();
    this.#frame = undefined;
  }
}
