import { placeNames } from "./names.ts";
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
  const dots = places.map((place) => ({ name: place.name, x: x(place.x), y: y(place.y) }));
  const names = placeNames(dots, { width: WIDTH, dot: DOT, text: TEXT });
  const marks = places.map(({ name, group }, i) => {
    const dot = dots[i]!;
    const colour = `class="group${group % colours.length}"`;
    const mark = `<circle ${colour} cx="${dot.x.toFixed(1)}" cy="${dot.y.toFixed(1)}" r="${DOT}" />`;
    const place = names[i];
    if (!place) return mark;
    const at = `x="${place.x.toFixed(1)}" y="${(dot.y + 4).toFixed(1)}" text-anchor="${place.anchor}"`;
    return `${mark}<text ${colour} ${at}>${escapeText(name)}</text>`;
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
