import { placeNames } from "../../../../support/names.ts";
import { element, freshId } from "../../lib/elements.ts";
import { colour, onThemeChange } from "../../lib/theme.ts";
import type { Spot } from "./map-worker.ts";

const HEIGHT = 460;
const MARGIN = { side: 72, top: 32 };
const DOT = 3.5;
const TEXT = 12;
/** Room for a name, in parts of what its letters take on average: fonts differ. */
const ROOM = 1.15;
/** How close dots may come to one another: names are wider than they are high. And how often dots are moved apart. */
const CLOSEST = { across: 30, down: 16 };
const PASSES = 12;
/** How many colours the style sheet has for groups; the names of groups tell those apart that share one. */
const COLOURS = 8;

export interface WordMapOptions {
  readonly label: string;
  /** Names of groups, each with a colour of its own. */
  readonly groups: readonly string[];
  /** Called with the word that was clicked or chosen from the list. */
  readonly chosen: (word: string) => void;
}

export interface WordMap {
  readonly element: HTMLElement;
  /** A list of the words, for those who do not click. */
  readonly choice: HTMLElement;
  draw(spots: readonly Spot[], chosen: string): void;
}

/** Moves dots apart whose names would cover one another; the others stay where they are. */
function apart(dots: { x: number; y: number }[]): { x: number; y: number }[] {
  for (let pass = 0; pass < PASSES; pass++)
    for (const [n, a] of dots.entries())
      for (const b of dots.slice(n + 1)) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const nearness = Math.hypot(dx / CLOSEST.across, dy / CLOSEST.down) || 1e-6;
        if (nearness >= 1) continue;
        const push = (1 / nearness - 1) / 2;
        a.x -= push * dx;
        a.y -= push * dy;
        b.x += push * dx;
        b.y += push * dy;
      }
  return dots;
}

/** Dots with their names. */
export function wordMap({ label, groups, chosen: told }: WordMapOptions): WordMap {
  let spots: readonly Spot[] = [];
  let chosen = "";
  let places: { x: number; y: number }[] = [];
  const canvas = element("canvas", { class: "word-map", role: "img", "aria-label": label });
  const context = canvas.getContext("2d")!;
  const id = freshId("word");
  const list = element("select", { id, onchange: () => choose(list.value) });
  const keys = element(
    "span",
    { class: "keys" },
    ...groups.map((name, n) =>
      element(
        "span",
        { class: "key" },
        element("i", { class: "dot", style: `background: var(--group-${n})` }),
        name,
      ),
    ),
  );

  /** From the plane of the vectors to pixels: as wide and as high as there is room. */
  function toPixels(width: number): typeof places {
    const reach = (axis: "x" | "y"): number =>
      Math.max(1e-9, ...spots.map((spot) => Math.abs(spot[axis])));
    const across = (width / 2 - Math.min(MARGIN.side, width / 7)) / reach("x");
    const down = (HEIGHT / 2 - MARGIN.top) / reach("y");
    return spots.map(({ x, y }) => ({ x: width / 2 + x * across, y: HEIGHT / 2 - y * down }));
  }

  function paint(): void {
    const width = canvas.clientWidth;
    const scale = devicePixelRatio;
    canvas.width = width * scale;
    canvas.height = HEIGHT * scale;
    if (width === 0 || spots.length === 0) return;
    context.scale(scale, scale);
    context.textBaseline = "middle";
    places = apart(toPixels(width));
    const first = spots.findIndex(({ word }) => word === chosen);
    const order = [first, ...spots.keys()].filter((n, i) => n >= 0 && (i === 0 || n !== first));
    const named = placeNames(
      order.map((n) => ({ name: spots[n]!.word, ...places[n]! })),
      { width, dot: DOT, text: ROOM * TEXT },
    );
    order.forEach((n, i) => {
      const { word, group } = spots[n]!;
      const { x, y } = places[n]!;
      const colours =
        group === undefined ? "--accent" : `--group-${groups.indexOf(group) % COLOURS}`;
      context.fillStyle = colour(colours);
      context.beginPath();
      context.arc(x, y, word === chosen ? 1.6 * DOT : DOT, 0, 2 * Math.PI);
      context.fill();
      const name = named[i] ?? (word === chosen && { x: x + 8, anchor: "start" as const });
      if (!name) return;
      context.font = `${word === chosen ? "700 " : ""}${TEXT}px system-ui, sans-serif`;
      context.textAlign = name.anchor;
      context.fillStyle = colour("--ink");
      context.fillText(word, name.x, y);
    });
  }

  function choose(word: string): void {
    chosen = list.value = word;
    paint();
    told(word);
  }

  canvas.addEventListener("click", ({ offsetX, offsetY }) => {
    const distances = places.map(({ x, y }) => Math.hypot(x - offsetX, y - offsetY));
    const nearest = spots[distances.indexOf(Math.min(...distances))];
    if (nearest) choose(nearest.word);
  });
  new ResizeObserver(paint).observe(canvas);
  onThemeChange(paint);

  return {
    element: element("figure", {}, element("figcaption", {}, label, keys), canvas),
    choice: element("div", { class: "control" }, element("label", { for: id }, "Word"), list),
    draw(next, word) {
      [spots, chosen] = [next, word];
      const words = spots.map((spot) => spot.word).sort();
      if (list.options.length !== words.length || list.options[0]?.value !== words[0])
        list.replaceChildren(...words.map((value) => element("option", { value }, value)));
      list.value = word;
      keys.hidden = spots.some(({ group }) => group === undefined);
      canvas.setAttribute(
        "aria-label",
        `${label}: ${words.length} words; the list beside has the nearest of each`,
      );
      paint();
    },
  };
}
