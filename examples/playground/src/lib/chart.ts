import uPlot from "uplot";
import { element } from "./elements.ts";
import { colour, onThemeChange } from "./theme.ts";

export interface Curve {
  readonly name: string;
  /** A colour of the style sheet: `--series-1`. */
  readonly colour: string;
  readonly width?: number;
}

export interface ChartOptions {
  /** What the chart shows, for its caption and for screen readers. */
  readonly label: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly curves: readonly Curve[];
  /** Where the vertical axis ends; by the values where it is not given. */
  readonly yRange?: readonly [low: number, high: number];
  /** Whether what lies beyond `yRange` makes it wider, rather than being cut off. */
  readonly widens?: boolean;
  /** Whether the vertical axis has powers of ten; what is not above 0 is then left out. */
  readonly logarithmic?: boolean;
  /** Pixels. Default 240. */
  readonly height?: number;
  /** No axes: x = 0, 1, 2, ... are as far apart as the columns of a heat map as wide. Default false. */
  readonly bare?: boolean;
}

export interface Chart {
  readonly element: HTMLElement;
  /** Draws the curves anew: all x, and a list of as many y for every curve; null where there is none. */
  draw(x: ArrayLike<number>, ...ys: readonly ArrayLike<number | null>[]): void;
  /** Says in words what is to be seen, for those who do not see it. */
  describe(text: string): void;
}

const FONT = "12px system-ui, sans-serif";

const keyOf = ({ name, colour }: Curve): HTMLElement =>
  element("span", { class: "key" }, element("i", { style: `color: var(${colour})` }), name);

const minus = (text: string): string => text.replace("-", "\u2212");

/** 1,000,000 and 0.0001 as powers, what is in between in full. */
const tickText = (value: number): string => {
  const size = Math.abs(value);
  const plain = size === 0 || (size > 0.0005 && size < 50_000);
  return minus(plain ? `${Number(value.toPrecision(6))}` : value.toExponential().replace("+", ""));
};

/** The powers of ten around some values, which may not be there yet. */
function decades(low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0.1, 1];
  const bottom = Math.floor(Math.log10(low));
  return [10 ** bottom, 10 ** Math.max(Math.ceil(Math.log10(high)), bottom + 1)];
}

/** Where an axis ends that has a range: there, or a little beyond the values. */
function within(
  [bottom, top]: readonly [number, number],
  widens: boolean,
  low: number,
  high: number,
): uPlot.Range.MinMax {
  return widens ? [Math.min(bottom, 1.1 * low), Math.max(top, 1.1 * high)] : [bottom, top];
}

/** Powers of ten from one to another, six of them at most. */
function powers(low: number, high: number): number[] {
  const [bottom, top] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const step = Math.ceil((top - bottom) / 5);
  return Array.from(
    { length: Math.floor((top - bottom) / step) + 1 },
    (_, i) => 10 ** (bottom + i * step),
  );
}

/** Curves over a common x, which follow the theme and the width there is. */
export function chart(options: ChartOptions): Chart {
  const { label, xLabel, yLabel, curves, yRange, bare = false } = options;
  const { logarithmic = false, widens = false, height = 240 } = options;
  const axis = (more: uPlot.Axis): uPlot.Axis => ({
    stroke: () => colour("--quiet"),
    grid: { stroke: () => colour("--line"), width: 1 },
    show: !bare,
    ticks: { show: false },
    font: FONT,
    labelFont: FONT,
    gap: 6,
    ...more,
  });
  const canvas = element("div", { class: "chart", role: "img", "aria-label": label });
  canvas.style.height = `${height}px`;
  const keys = element("span", { class: "keys" }, ...curves.map(keyOf));
  const figure = element("figure", {}, element("figcaption", {}, label, keys), canvas);
  const plot = new uPlot(
    {
      width: 320,
      height,
      cursor: { show: false },
      legend: { show: false },
      ...(bare && { padding: [4, 0, 4, 0] as uPlot.Padding }),
      scales: {
        x: { time: false, ...(bare && { range: (_, low, high) => [low - 0.5, high + 0.5] }) },
        y: {
          ...(logarithmic && { distr: 3 as const, range: (_, low, high) => decades(low, high) }),
          ...(yRange && { range: (_, low, high) => within(yRange, widens, low, high) }),
        },
      },
      axes: [
        axis({
          ...(xLabel !== undefined && { label: xLabel, labelSize: 18 }),
          size: 26,
          space: 56,
          values: (_, ticks) => ticks.map(tickText),
        }),
        axis({
          ...(yLabel !== undefined && { label: yLabel, labelSize: 18 }),
          size: 46,
          space: 32,
          values: (_, ticks) => ticks.map(tickText),
          ...(logarithmic && {
            splits: (_, __, low, high) => powers(low, high),
            filter: (_, ticks) => ticks, // uPlot would leave some out
          }),
        }),
      ],
      series: [
        {},
        ...curves.map(
          (curve): uPlot.Series => ({
            label: curve.name,
            stroke: () => colour(curve.colour),
            width: curve.width ?? 2,
            points: { show: false },
            pxAlign: 0, // between pixels, too: curves are smooth
          }),
        ),
      ],
    },
    [[], ...curves.map(() => [])],
    canvas,
  );
  new ResizeObserver(() => {
    if (canvas.clientWidth > 0) plot.setSize({ width: canvas.clientWidth, height });
  }).observe(canvas);
  onThemeChange(() => plot.redraw(false));

  const positive = (values: ArrayLike<number | null>): (number | null)[] =>
    Array.from(values, (value) => (value && value > 0 && Number.isFinite(value) ? value : null));
  return {
    element: figure,
    draw(x, ...ys) {
      const shown = logarithmic ? ys.map(positive) : ys;
      plot.setData([x, ...shown] as uPlot.AlignedData);
    },
    describe(text) {
      canvas.setAttribute("aria-label", `${label}: ${text}`);
    },
  };
}
