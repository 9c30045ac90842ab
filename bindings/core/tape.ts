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
  readonly parameters: Parameter[] = [];
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
      x.gradient = x.gradientAddress;
      x.gradientView.fill(0);
      this.parameters.push(x);
    }
  }

  /** The frame that gradients are taken from. */
  attach(frame: Frame): void {
    this.#frame = frame;
  }

  record(outputs: readonly Tensor[], inputs: readonly Tensor[], backward: () => void): void {
    let wanted = false;
    for (const x of inputs) {
      if (this.#open && x instanceof Parameter) this.#want(x);
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
    if (x.gradient === 0) x.gradient = this.#frame!.zeros(x.size);
    return x.gradient;
  }

  /** Lets a gradient of 1 flow into `loss` and everything that it was computed from. */
  backward(loss: Tensor): void {
    const address = this.gradient(loss);
    if (address === 0) return;
    this.#frame!.runtime.heap.f32[address >>> 2] = 1;
    for (let entry = this.#entries.pop(); entry; entry = this.#entries.pop())
      if (entry.outputs.some((y) => y.gradient !== 0)) entry.backward();
  }

  /** Lets go of everything recorded. */
  clear(): void {
    this.#entries = [];
  }
}
