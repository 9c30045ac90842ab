import { formatShape, kindError, valueError } from "../core/check.ts";
import { Tensor } from "../core/tensor.ts";

/** Which steps of a batch count, sequence by sequence: 1 or 0 at [b · time + t]. */
export interface Mask {
  /** Sequences of the batch. */
  readonly batch: number;
  /** Steps of each. */
  readonly time: number;
  /** 1 where a step counts, else 0; batch · time of them. */
  readonly steps: Uint8Array;
}

/** A mask as users write it: rows of true and false (or 1 and 0), a tensor [batch, time], or what a layer gave. */
export type MaskValues = Mask | Tensor | readonly (readonly (boolean | number)[])[];

const isMask = (value: object): value is Mask =>
  "steps" in value && value.steps instanceof Uint8Array;

/** A mask that fits an input of shape [batch, time, ...]. */
export function readMask(where: string, values: MaskValues, shape: readonly number[]): Mask {
  if (typeof values !== "object" || values === null)
    throw kindError(where, "mask to be rows of true and false", values);
  const mask =
    values instanceof Tensor
      ? ofTensor(where, values)
      : isMask(values)
        ? values
        : ofRows(where, values);
  if (mask.batch !== shape[0] || mask.time !== shape[1])
    throw valueError(
      where,
      `a mask of shape ${formatShape(shape.slice(0, 2))}`,
      formatShape([mask.batch, mask.time]),
    );
  return mask;
}

function ofTensor(where: string, { shape, data }: Tensor): Mask {
  const [batch, time] = shape;
  if (shape.length !== 2 || batch === undefined || time === undefined)
    throw valueError(where, "a mask of shape [batch, time]", formatShape(shape));
  return { batch, time, steps: Uint8Array.from(data, (v) => Number(v !== 0)) };
}

function ofRows(where: string, rows: unknown): Mask {
  if (!Array.isArray(rows) || !rows.every(Array.isArray))
    throw kindError(where, "mask to be rows of true and false", rows);
  const time = (rows[0] as unknown[] | undefined)?.length ?? 0;
  for (const row of rows as unknown[][])
    if (row.length !== time) throw valueError(where, `a mask with rows of ${time}`, row.length);
  const steps = (rows as unknown[][]).flat();
  for (const value of steps)
    if (typeof value !== "boolean" && value !== 0 && value !== 1)
      throw kindError(where, "a mask of true and false, or 1 and 0", value);
  return { batch: rows.length, time, steps: Uint8Array.from(steps, Number) };
}
