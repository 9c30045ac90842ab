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
  /** The words of rows and columns, and the cells in between. */
  let words = "";
  let cells: HTMLElement[][] = [];

  /** A table without weights. */
  function layOut({ source, target }: Translation): void {
    const heads = source.map((word) => element("th", { scope: "col" }, element("span", {}, word)));
    const rows = [...target, "(end)"];
    cells = rows.map(() =>
      source.map(() => element("td", {}, element("span", { class: "hidden" }))),
    );
    table.replaceChildren(
      element("thead", {}, element("tr", {}, element("td", {}), ...heads)),
      element(
        "tbody",
        {},
        ...rows.map((word, t) =>
          element("tr", {}, element("th", { scope: "row" }, word), ...cells[t]!),
        ),
      ),
    );
  }

  return {
    element: figure,
    show(translation) {
      const { source, target, weights } = translation;
      const now = JSON.stringify([source, target]);
      if (now !== words) layOut(translation); // otherwise who reads the table is left where they are
      words = now;
      cells.forEach((row, t) => {
        row.forEach((cell, s) => {
          const weight = weights[t]?.[s] ?? 0;
          cell.style.setProperty("--weight", `${100 * weight}%`);
          cell.firstElementChild!.textContent = percent(weight);
        });
      });
    },
  };
}
