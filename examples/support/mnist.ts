import type { Idx } from "gatewise/data";
import { type Digits, SIDE } from "./digits.ts";
import { UserError } from "./errors.ts";

/** An IDX file as it was read, with the name that it goes by. */
export interface IdxFile extends Idx {
  readonly name: string;
}

/** Pictures and their labels out of two of MNIST's files. Throws a UserError that names the file where they are something else. */
export function toDigits(images: IdxFile, labels: IdxFile): Digits {
  const pixels = bytesOf(images, 3);
  const classes = bytesOf(labels, 1);
  const [count, rows, columns] = images.shape as [number, number, number];
  if (rows !== SIDE || columns !== SIDE)
    throw new UserError(`${images.name}: expected pictures of 28 x 28, got ${rows} x ${columns}`);
  if (count === 0) throw new UserError(`${images.name}: expected at least one picture, got none`);
  if (classes.length !== count)
    throw new UserError(
      `${labels.name}: expected ${count} labels, one a picture, got ${classes.length}`,
    );
  const wrong = classes.findIndex((label) => label > 9);
  if (wrong >= 0)
    throw new UserError(
      `${labels.name}: expected labels from 0 to 9, got ${classes[wrong]} at ${wrong}`,
    );
  return { count, images: pixels, labels: classes };
}

/** The unsigned bytes of a file: 3 sizes for pictures, 1 for labels. */
function bytesOf({ name, shape, data }: IdxFile, rank: number): Uint8Array {
  if (data instanceof Uint8Array && shape.length === rank) return data;
  const got = `${data.constructor.name} of ${shape.join(" x ")}`;
  throw new UserError(`${name}: expected unsigned bytes with ${rank} sizes, got a ${got}`);
}
