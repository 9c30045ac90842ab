import type { Panel } from "./lib/panel.ts";

/** A panel as the navigation knows it, before it is loaded. */
export interface PanelLink {
  /** Its address: `#sine`. */
  readonly id: string;
  readonly title: string;
  readonly load: () => Promise<{ readonly panel: Panel }>;
}

/** Every panel, in the order of the navigation. A line here and, where it computes, one in `worker.ts`. */
export const panels: readonly PanelLink[] = [
  { id: "sine", title: "Sine to cosine", load: () => import("./panels/sine/panel.ts") },
  { id: "digits", title: "Digits", load: () => import("./panels/digits/panel.ts") },
  { id: "gates", title: "Inside the cell", load: () => import("./panels/gates/panel.ts") },
  { id: "gradient", title: "Gradient", load: () => import("./panels/gradient/panel.ts") },
  { id: "text", title: "Text", load: () => import("./panels/text/panel.ts") },
  { id: "words", title: "Words", load: () => import("./panels/words/panel.ts") },
  { id: "speed", title: "Speed", load: () => import("./panels/speed/panel.ts") },
];
