import { colours, escapeText } from "./svg.ts";

/** Something with a name, a place in any units, and the group whose colour it has. */
export interface Place {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly group: number;
}

const [WIDTH, HEIGHT] = [960, 640];
const frame = { left: 20, right: 890, top: 50, bottom: 625 };
const TEXT = 13;
const DOT = 2.5;
/** From the middle of a dot to its name. */
const GAP = 5;
/** As wide as a letter is on average, in parts of the text's size. */
const LETTER = 0.56;

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

const fills = (paper: "light" | "dark"): string =>
  colours.map((colour, n) => `.group${n} { fill: ${colour[paper]}; }`).join("\n    ");

/** Readable on light and on dark, as the charts are. */
const style = `
    text { font: ${TEXT}px system-ui, sans-serif; }
    .title { font-size: 16px; font-weight: 600; fill: #222; }
    .paper { fill: #fff; }
    ${fills("light")}
    @media (prefers-color-scheme: dark) {
    .title { fill: #ddd; }
    .paper { fill: #16181d; }
    ${fills("dark")}
    }
  `;

/** From numbers of any range to a stretch of the picture. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  return (value) => from + ((value - low) / range) * (to - from);
}

/** A map as the text of an SVG file: a dot for each place, and its name to one side where dots and earlier names leave room. */
export function map(title: string, places: readonly Place[]): string {
  const x = scale(
    places.map((place) => place.x),
    frame.left,
    frame.right,
  );
  const y = scale(
    places.map((place) => place.y),
    frame.bottom,
    frame.top,
  );
  const dots = places.map((place) => ({ cx: x(place.x), cy: y(place.y) }));
  const taken = dots.map(({ cx, cy }) => around(cx - DOT, cx + DOT, cy, DOT));
  const marks = places.map(({ name, group }, i) => {
    const { cx, cy } = dots[i]!;
    const colour = `class="group${group % colours.length}"`;
    const dot = `<circle ${colour} cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="${DOT}" />`;
    const width = GAP + name.length * LETTER * TEXT;
    for (const [side, anchor] of [
      [1, "start"],
      [-1, "end"],
    ] as const) {
      const [near, far] = [cx + side * GAP, cx + side * width];
      const box = around(Math.min(near, far), Math.max(near, far), cy, TEXT / 2);
      if (box.left < 0 || box.right > WIDTH || taken.some((other) => overlaps(box, other)))
        continue;
      taken.push(box);
      const at = `x="${near.toFixed(1)}" y="${(cy + 4).toFixed(1)}" text-anchor="${anchor}"`;
      return `${dot}<text ${colour} ${at}>${escapeText(name)}</text>`;
    }
    return dot;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
  <title>${escapeText(title)}</title>
  <style>${style}</style>
  <rect class="paper" width="${WIDTH}" height="${HEIGHT}" />
  <text class="title" x="${frame.left}" y="28">${escapeText(title)}</text>
  ${marks.join("\n  ")}
</svg>
`;
}
