import { element } from "../../lib/elements.ts";
import type { Translation } from "./translation-worker.ts";

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export interface AttentionTable {
  readonly element: HTMLElement;
  show(translation: Translation): void;
}

/** Where each word of a translation looks: a row for each of them, a column for each word that was read. */
export function attentionTable(): AttentionTable {
  const table = element("table", { class: "attention" });
  const figure = element(
    "figure",
    {},
    element("figcaption", {}, "Where each word of the translation looks"),
    element(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Attention" },
      table,
    ),
  );
  return {
    element: figure,
    show({ source, target, weights }) {
      const head = element(
        "tr",
        {},
        element("td", {}),
        ...source.map((word) => element("th", { scope: "col" }, element("span", {}, word))),
      );
      const rows = [...target, "end"].map((word, t) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, word),
          ...source.map((_, s) => {
            const weight = weights[t]?.[s] ?? 0;
            return element(
              "td",
              { style: `--weight: ${100 * weight}%` },
              element("span", { class: "hidden" }, percent(weight)),
            );
          }),
        ),
      );
      table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
    },
  };
}
