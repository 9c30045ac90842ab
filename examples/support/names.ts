/** From the middle of a dot to its name. */
const GAP = 5;
/** As wide as a letter is on average, in parts of the text's size. */
const LETTER = 0.56;

/** A dot with a name, in the units of a picture. */
export interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** The picture: how wide, the radius of its dots, the size of its text. */
export interface Paper {
  readonly width: number;
  readonly dot: number;
  readonly text: number;
}

/** Where a name begins ("start") or ends ("end"); its middle is as high as its dot. */
export interface NamePlace {
  readonly x: number;
  readonly anchor: "start" | "end";
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const around = (left: number, right: number, middle: number, half: number): Box => ({
  left,
  right,
  top: middle - half,
  bottom: middle + half,
});

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** A place for each dot's name, to its right or else to its left, where dots and earlier names leave room; undefined elsewhere. */
export function placeNames(
  dots: readonly Dot[],
  { width, dot, text }: Paper,
): (NamePlace | undefined)[] {
  const taken = dots.map(({ x, y }) => around(x - dot, x + dot, y, dot));
  return dots.map(({ name, x, y }) => {
    const length = GAP + name.length * LETTER * text;
    for (const [side, anchor] of [
      [1, "start"],
      [-1, "end"],
    ] as const) {
      const [near, far] = [x + side * GAP, x + side * length];
      const box = around(Math.min(near, far), Math.max(near, far), y, text / 2);
      if (box.left < 0 || box.right > width || taken.some((other) => overlaps(box, other)))
        continue;
      taken.push(box);
      return { x: near, anchor };
    }
    return undefined;
  });
}
