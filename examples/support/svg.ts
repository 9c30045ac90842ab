import { type Curve, rangeOf } from "./plot.ts";

/** What a chart shows: curves over 0, 1, 2, ... on a logarithmic scale. */
export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
}

const WIDTH = 760;
const HEIGHT = 420;
/** The frame that the curves are in. */
const frame = { left: 70, right: 540, top: 50, bottom: 365 };

/** Okabe and Ito's colours, which the colour-blind can tell apart: darker on light paper, lighter on dark. */
export const colours: readonly { readonly light: string; readonly dark: string }[] = [
  { light: "#0072b2", dark: "#56b4e9" },
  { light: "#d55e00", dark: "#ff8c42" },
  { light: "#00795a", dark: "#2fd0a5" },
  { light: "#a8477f", dark: "#e59fc7" },
  { light: "#8a6d00", dark: "#f0e442" },
];

const strokes = (paper: "light" | "dark"): string =>
  colours.map((colour, n) => `.curve${n} { stroke: ${colour[paper]}; }`).join("\n    ");

/** Readable on light and on dark: the picture follows the reader's settings. */
const style = `
    text { font: 13px system-ui, sans-serif; fill: #222; }
    .title { font-size: 16px; font-weight: 600; }
    .paper { fill: #fff; }
    .grid { stroke: #ddd; }
    polyline, .key { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
    ${strokes("light")}
    @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .paper { fill: #16181d; }
    .grid { stroke: #3a3d45; }
    ${strokes("dark")}
    }
  `;

export const escapeText = (text: string): string =>
  text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);

/** The first of 1, 2, 5, 10, 20, 50, ... that is no less. */
function roundStep(least: number): number {
  for (let power = 1; ; power *= 10)
    for (const step of [power, 2 * power, 5 * power]) if (step >= least) return step;
}

/** The chart as the text of an SVG file. What is not above 0 is left out. */
export function lineChart({ title, xLabel, yLabel, curves }: LineChart): string {
  const logs = curves.map(({ values }) => values.map((value) => Math.log10(value)));
  const { low, high } = rangeOf(logs.flat().filter(Number.isFinite));
  const tick = Math.ceil((high - low) / 8) || 1; // powers of ten from one line of the grid to the next
  const bottom = tick * Math.floor(low / tick);
  const top = Math.max(tick * Math.ceil(high / tick), bottom + tick);
  const last = Math.max(...logs.map((log) => log.length)) - 1 || 1;
  const x = (at: number): string =>
    (frame.left + (at / last) * (frame.right - frame.left)).toFixed(1);
  const y = (log: number): string =>
    (frame.bottom - ((log - bottom) / (top - bottom)) * (frame.bottom - frame.top)).toFixed(1);
  const text = (at: string, content: string, more = ""): string =>
    `<text ${at} ${more}>${escapeText(content)}</text>`;

  const rows = Array.from({ length: (top - bottom) / tick + 1 }, (_, i) => bottom + i * tick);
  const step = roundStep(last / 5);
  const columns = Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
  const parts = [
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}" />`,
    text(`x="${frame.left}" y="28"`, title, 'class="title"'),
    ...rows.flatMap((log) => [
      `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${y(log)}" y2="${y(log)}" />`,
      text(`x="${frame.left - 8}" y="${y(log)}"`, `1e${log}`, 'text-anchor="end" dy="4"'),
    ]),
    ...columns.map((at) =>
      text(`x="${x(at)}" y="${frame.bottom + 20}"`, String(at), 'text-anchor="middle"'),
    ),
    text(
      `x="${(frame.left + frame.right) / 2}" y="${HEIGHT - 12}"`,
      xLabel,
      'text-anchor="middle"',
    ),
    text(
      `transform="translate(18 ${(frame.top + frame.bottom) / 2}) rotate(-90)"`,
      yLabel,
      'text-anchor="middle"',
    ),
    ...logs.map((log, n) => {
      const points = log.flatMap((value, at) =>
        Number.isFinite(value) ? [`${x(at)},${y(value)}`] : [],
      );
      return `<polyline class="curve${n}" points="${points.join(" ")}" />`;
    }),
    ...curves.flatMap(({ name }, n) => {
      const height = frame.top + 16 + 24 * n;
      return [
        `<line class="key curve${n}" x1="${frame.right + 20}" x2="${frame.right + 44}" y1="${height}" y2="${height}" />`,
        text(`x="${frame.right + 52}" y="${height + 4}"`, name),
      ];
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
  <title>${escapeText(title)}</title>
  <style>${style}</style>
  ${parts.join("\n  ")}
</svg>
`;
}
