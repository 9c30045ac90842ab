import { type Generator, generator } from "./generator.ts";
import { type Glyph, glyphs, type Point, type Stroke } from "./glyphs.ts";

/** Pixels along each side of a digit. */
export const SIDE = 28;

/** Digits with their classes: `images` holds `count` pictures of 28 rows of 28 bytes, 0 (paper) to 255 (ink). */
export interface Digits {
  readonly count: number;
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/**
 * Draws digits as a hand would: each with a shape, a warp, a slant, a size, a place, a thickness and a
 * grain of its own. Digit number n of a seed is the same whatever else is drawn: `first` picks where to start.
 */
export function drawDigits(count: number, options: { seed: number; first?: number }): Digits {
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const random = generator(options.seed, (options.first ?? 0) + n);
    labels[n] = Math.floor(10 * random());
    const picture = images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
    drawDigit(labels[n]!, random, picture);
  }
  return { count, images, labels };
}

/** Draws one digit of a class into 28 x 28 bytes. */
function drawDigit(label: number, random: Generator, picture: Uint8Array): void {
  const ways = glyphs[label]!;
  const glyph = ways[Math.floor(ways.length * random())]!;
  const radius = 0.6 + 0.9 * random();
  const lines = place(handwritten(glyph, random), radius, random);
  const inks = ink(lines, radius);
  const blackness = 0.75 + 0.25 * random();
  for (let i = 0; i < picture.length; i++) {
    const grain = 0.1 * (random() + random() - 1);
    picture[i] = Math.round(255 * Math.min(1, Math.max(0, blackness * inks[i]! + grain)));
  }
}

/** Roughly normal, standard deviation 1: four uniform numbers (no logarithm: its last bits differ between engines). */
const normal = (random: Generator): number =>
  (random() + random() + random() + random() - 2) * Math.sqrt(3);

/** The glyph's curves as chains of short lines, every point displaced: no two digits of a class have the same shape. */
function handwritten(glyph: Glyph, random: Generator): Point[][] {
  const moved = new Map<string, Point>(); // strokes that meet still meet
  const wobble = ([x, y]: Point): Point => {
    const key = `${x},${y}`;
    const known = moved.get(key);
    if (known) return known;
    const point: Point = [x + 0.035 * normal(random), y + 0.035 * normal(random)];
    moved.set(key, point);
    return point;
  };
  const bend = Array.from({ length: 6 }, () => 0.25 * normal(random)); // a bend of the whole plane
  const slant = 0.22 * normal(random);
  const tilt = 0.1 * normal(random);
  const width = 0.85 + 0.12 * normal(random);
  const hand = ([px, py]: Point): Point => {
    const x = px - 0.5;
    const y = py - 0.5;
    const u = x + bend[0]! * x * x + bend[1]! * x * y + bend[2]! * y * y;
    const v = y + bend[3]! * x * x + bend[4]! * x * y + bend[5]! * y * y;
    return [width * u - slant * v, v + tilt * u];
  };
  return glyph.map((stroke) => curve(stroke.map(wobble)).map(hand));
}

/** A Catmull-Rom curve through the points, five lines from each to the next; closed where they are. */
function curve(stroke: Stroke): Point[] {
  const last = stroke.length - 1;
  const closed = stroke[0] === stroke[last];
  const at = (i: number): Point =>
    closed ? stroke[(i + last) % last]! : stroke[Math.min(Math.max(i, 0), last)]!;
  const result: Point[] = [stroke[0]!];
  for (let i = 0; i < last; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const spline = (k: 0 | 1, t: number): number =>
      b[k] +
      0.5 *
        t *
        (c[k] -
          a[k] +
          t * (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k] + t * (3 * (b[k] - c[k]) + d[k] - a[k])));
    for (let j = 1; j <= 5; j++) result.push([spline(0, j / 5), spline(1, j / 5)]);
  }
  return result;
}

/** Scales the lines to pixels, about 20 high, and shifts them about the centre as far as the frame allows. */
function place(lines: Point[][], radius: number, random: Generator): Point[][] {
  const all = lines.flat();
  const box = (k: 0 | 1) => {
    const values = all.map((p) => p[k]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, size: high - low };
  };
  const [x, y] = [box(0), box(1)];
  const room = SIDE - 2 * (radius + 1.5); // the outermost ring of pixels stays clear
  const scale = Math.min((17 + 5 * random()) / y.size, room / Math.max(x.size, y.size));
  const shift = (size: number): number => {
    const free = (room - scale * size) / 2;
    return SIDE / 2 + Math.min(free, Math.max(-free, 1.5 * normal(random)));
  };
  const [dx, dy] = [shift(x.size), shift(y.size)];
  return lines.map((line) =>
    line.map(([px, py]): Point => [dx + scale * (px - x.middle), dy + scale * (py - y.middle)]),
  );
}

/** How far each pixel of 28 x 28 is covered by lines of a pen of this radius, 0 to 1: anti-aliased. */
export const ink = (lines: readonly Point[][], radius: number): Float64Array =>
  squaredDistances(lines, radius + 0.5).map((distance) =>
    Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(distance))),
  );

/** For each pixel the squared distance from its centre to the nearest line, where that is below `reach`. */
function squaredDistances(lines: readonly Point[][], reach: number): Float64Array {
  const result = new Float64Array(SIDE * SIDE).fill(reach * reach);
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const [ax, ay] = line[i - 1]!;
      const [bx, by] = line[i]!;
      const [ux, uy] = [bx - ax, by - ay];
      const length = ux * ux + uy * uy || 1;
      const [top, bottom] = [Math.min(ay, by) - reach, Math.max(ay, by) + reach];
      const [left, right] = [Math.min(ax, bx) - reach, Math.max(ax, bx) + reach];
      for (let row = Math.max(0, Math.floor(top)); row < Math.min(SIDE, bottom); row++) {
        for (let column = Math.max(0, Math.floor(left)); column < Math.min(SIDE, right); column++) {
          const [px, py] = [column + 0.5 - ax, row + 0.5 - ay];
          const t = Math.min(1, Math.max(0, (px * ux + py * uy) / length));
          const [ex, ey] = [px - t * ux, py - t * uy];
          const pixel = row * SIDE + column;
          result[pixel] = Math.min(result[pixel]!, ex * ex + ey * ey);
        }
      }
    }
  }
  return result;
}
