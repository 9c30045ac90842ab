import { element } from "./elements.ts";
import { channels, onThemeChange } from "./theme.ts";

export interface HeatMapOptions {
  /** What the map shows, for its caption and for screen readers. */
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  /** diverging: from -1 by 0 to 1, the default · sequential: from 0 to 1. Values beyond are shown as the ends. */
  readonly scale?: "diverging" | "sequential";
  /** Pixels that a row is high; the width is what there is. Default 12. */
  readonly rowHeight?: number;
}

export interface HeatMap {
  readonly element: HTMLElement;
  /** Draws values row by row, [rows, columns]; another number of either may be given. NaN is left blank. */
  draw(values: ArrayLike<number>, rows?: number, columns?: number): void;
  /** Marks a column, or none. */
  mark(column: number | undefined): void;
  /** Says in words what is to be seen, for those who do not see it. */
  describe(text: string): void;
}

type Colour = readonly [number, number, number];

/** Between two colours: `share` of the second. */
const mix = (a: Colour, b: Colour, share: number): Colour =>
  a.map((channel, i) => channel + share * (b[i]! - channel)) as unknown as Colour;

/** A matrix as a field of colours. */
export function heatMap(options: HeatMapOptions): HeatMap {
  const { label, scale = "diverging", rowHeight = 12 } = options;
  let { rows, columns } = options;
  let values: ArrayLike<number> = new Float32Array(rows * columns).fill(Number.NaN);
  const canvas = element("canvas", { class: "heat-map", role: "img", "aria-label": label });
  const mark = element("i", { class: "mark", hidden: true });
  const context = canvas.getContext("2d")!;

  function paint(): void {
    const [low, middle, high] = [
      channels("--negative"),
      channels("--neutral"),
      channels("--positive"),
    ];
    canvas.width = columns;
    canvas.height = rows;
    canvas.style.height = `${rows * rowHeight}px`;
    const image = context.createImageData(columns, rows);
    for (let i = 0; i < rows * columns; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      const end = value < 0 && scale === "diverging" ? low : high;
      const share = scale === "diverging" ? Math.abs(value) : value;
      const [r, g, b] = mix(middle, end, Math.min(1, Math.max(0, share)));
      image.data.set([r, g, b, 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
  }

  onThemeChange(paint);
  paint();
  return {
    element: element(
      "figure",
      {},
      element("figcaption", {}, label),
      element("div", { class: "marked" }, canvas, mark),
    ),
    draw(next, nextRows = rows, nextColumns = columns) {
      [values, rows, columns] = [next, nextRows, nextColumns];
      paint();
    },
    mark(column) {
      mark.hidden = column === undefined;
      mark.style.left = `${(100 * ((column ?? 0) + 0.5)) / columns}%`;
    },
    describe(text) {
      canvas.setAttribute("aria-label", `${label}: ${text}`);
    },
  };
}
