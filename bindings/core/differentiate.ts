import { checkNotAsync, formatShape, kindError, valueError } from "./check.ts";
import { type Frame, inNewFrame, openFrame } from "./scope.ts";
import { Tape } from "./tape.ts";
import { checkTensor, Tensor } from "./tensor.ts";

/** What a function to be differentiated returns: its loss, or the loss and more that is to be kept. */
export type Loss =
  | Tensor
  | ({
      /** What is differentiated, a tensor of one element. */
      readonly loss: Tensor;
    } & { readonly [name: string]: unknown });

/** What comes back of it: the loss as a number. */
export type LossValue<L extends Loss> = L extends Tensor
  ? number
  : { [K in keyof L]: K extends "loss" ? number : L[K] };

/** Runs `f` on a tape, lets the gradients of its loss flow back, and hands on to `then` while they are in memory. */
export function differentiate<L extends Loss, R>(
  where: string,
  f: () => L,
  targets: readonly Tensor[] | undefined,
  then: (frame: Frame, tape: Tape, value: LossValue<L>) => R,
): R {
  if (typeof f !== "function") throw kindError(where, "a function that returns a loss", f);
  if (openFrame()?.tape)
    throw new Error(
      `${where}: called inside a function that is being differentiated; gradients of gradients are not there`,
    );
  const tape = new Tape(targets);
  try {
    return inNewFrame(where, tape, (frame) => {
      tape.attach(frame);
      const result = f();
      checkNotAsync(where, result);
      const loss = result instanceof Tensor ? result : result?.loss;
      if (!(loss instanceof Tensor))
        throw kindError(where, "f to return a tensor, or an object with one as its loss", result);
      if (loss.size !== 1)
        throw valueError(where, "a loss of one element", `shape ${formatShape(loss.shape)}`);
      const value = (
        loss === result ? loss.item() : { ...result, loss: loss.item() }
      ) as LossValue<L>;
      tape.backward(loss);
      return then(frame, tape, value);
    });
  } finally {
    tape.clear();
  }
}

/** A value and its gradients, keyed as the targets were. */
export interface ValueAndGradients<L extends Loss, T> {
  /** The loss as a number, or the object that was returned with its loss as one. */
  readonly value: LossValue<L>;
  /** One for each target, of its shape. */
  readonly gradients: { [K in keyof T]: Tensor };
}

/**
 * Runs `f` once and returns its value, a scalar loss (with whatever else `f` returns beside it), and the gradient of the
 * loss in each target: tensors or parameters by names of one's own. A target that the loss does not depend on has zeros.
 * Throws a TypeError for an async `f`, a RangeError for a loss of more than one element.
 */
export function valueAndGrad<L extends Loss, T extends { readonly [name: string]: Tensor }>(
  f: () => L,
  targets: T,
): ValueAndGradients<L, T> {
  const where = "valueAndGrad";
  if (typeof targets !== "object" || targets === null)
    throw kindError(where, "targets to be an object of tensors", targets);
  const names = Object.keys(targets);
  for (const name of names) checkTensor(where, `targets.${name}`, targets[name]);
  return differentiate(where, f, Object.values(targets), (frame, tape, value) => {
    const gradients = Object.fromEntries(
      names.map((name) => {
        const x = targets[name]!;
        return [name, frame.tensor(x.shape, tape.gradient(x))];
      }),
    ) as { [K in keyof T]: Tensor };
    return { value, gradients };
  });
}
