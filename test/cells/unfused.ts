import { Cell, type Parameters, type SizeOf, type Tensor } from "gatewise";
import type { State } from "./registry.ts";

/** A cell that hides another one's sequence kernel: unrolling it calls `call` step by step. */
export class Unfused extends Cell<State> {
  readonly stateSize: SizeOf<State>;
  readonly outputSize: number;
  readonly inner: Cell<State>;

  constructor(inner: Cell<State>) {
    super(inner.inputSize);
    this.inner = inner;
    this.stateSize = inner.stateSize;
    this.outputSize = inner.outputSize;
  }

  call(x: Tensor, state: State): [Tensor, State] {
    return this.inner.call(x, state);
  }

  override parameters(): Parameters {
    return this.inner.parameters();
  }
}
