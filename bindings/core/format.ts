import { formatShape } from "./check.ts";
import type { Tensor } from "./tensor.ts";

/** Of an axis with more than twice as many, so many elements are shown at either end. */
const shownEnds = 3;

/** A tensor in a line: its shape and its numbers, of long axes the ends. */
export function formatTensor({ shape, data }: Pick<Tensor, "shape" | "data">): string {
  const show = (depth: number, at: number, size: number): string => {
    const n = shape[depth];
    if (n === undefined) return `${Number(data[at]!.toPrecision(5))}`;
    const inner = size / n;
    const part = (_: unknown, i: number): string => show(depth + 1, at + i * inner, inner);
    if (n <= 2 * shownEnds) return `[${Array.from({ length: n }, part).join(", ")}]`;
    const ends = Array.from({ length: 2 * shownEnds }, (_, i) =>
      part(_, i < shownEnds ? i : n - 2 * shownEnds + i),
    );
    return `[${[...ends.slice(0, shownEnds), "...", ...ends.slice(shownEnds)].join(", ")}]`;
  };
  return `${formatShape(shape)} ${show(0, 0, data.length)}`;
}
