import { checkNumber, valueError } from "../core/check.ts";
import type { Kernels } from "../core/kernels.ts";

/** How gradients are cut before a step. All three may be given; they act in the order below. */
export interface ClipOptions {
  /** Cuts every element of the gradients to [-clipValue, clipValue]: torch's clip_grad_value_, Keras' clipvalue. */
  readonly clipValue?: number | undefined;
  /** Scales the gradient of each parameter down by itself so that its norm is at most this: Keras' clipnorm. */
  readonly clipNormEach?: number | undefined;
  /** Scales all gradients down together so that their norm is at most this: torch's clip_grad_norm_, Keras' global_clipnorm. */
  readonly clipNorm?: number | undefined;
}

/** @internal */
export const clipNames = ["clipValue", "clipNormEach", "clipNorm"] as const;

/** @internal A gradient in memory: its address and how many floats it has. */
export interface Gradient {
  readonly gradient: number;
  readonly size: number;
}

/** @internal Refuses limits that are no numbers above 0. */
export function checkLimits(where: string, limits: ClipOptions): void {
  for (const name of clipNames) {
    const limit = limits[name];
    if (limit !== undefined && checkNumber(where, name, limit, 0) === 0)
      throw valueError(where, `${name} above 0`, limit);
  }
}

function norm(kernels: Kernels, gradients: readonly Gradient[]): number {
  let squares = 0;
  for (const { gradient, size } of gradients) squares += kernels.sum_squares(gradient, size);
  return Math.sqrt(squares);
}

/** Scales gradients down, never up; by NaN too, so that it shows everywhere. */
function shrink(kernels: Kernels, gradients: readonly Gradient[], factor: number): void {
  if (factor >= 1) return;
  for (const { gradient, size } of gradients) kernels.scale(gradient, factor, size);
}

/**
 * @internal Cuts the gradients of a step, given by parameter and as joined ranges. Returns their norm before `clipNorm`,
 * undefined where that is not set.
 */
export function clipGradients(
  kernels: Kernels,
  { clipValue, clipNormEach, clipNorm }: ClipOptions,
  each: readonly Gradient[],
  joined: readonly Gradient[],
): number | undefined {
  if (clipValue !== undefined)
    for (const { gradient, size } of joined)
      kernels.clip_forward(gradient, gradient, size, -clipValue, clipValue);
  if (clipNormEach !== undefined)
    for (const one of each) shrink(kernels, [one], clipNormEach / norm(kernels, [one]));
  if (clipNorm === undefined) return undefined;
  const all = norm(kernels, joined);
  shrink(kernels, joined, clipNorm / (all + 1e-6)); // as torch has it
  return all;
}
