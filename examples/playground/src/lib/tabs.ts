import { element, freshId } from "./elements.ts";

export interface Tab {
  readonly title: string;
  /** Called once, when the tab is first chosen. */
  readonly mount: (view: HTMLElement) => void;
}

/** Views of which one is seen: chosen by click, or by arrow keys (WAI-ARIA's pattern for tabs). */
export function tabs(label: string, list: readonly Tab[]): HTMLElement {
  const id = freshId("tabs");
  const mounted = new Set<number>();
  const buttons = list.map(({ title }, n) =>
    element(
      "button",
      {
        ...{ type: "button", role: "tab", id: `${id}-tab-${n}`, "aria-controls": `${id}-${n}` },
        onclick: () => choose(n),
      },
      title,
    ),
  );
  const views = list.map((_, n) =>
    element("div", {
      ...{ class: "panel", role: "tabpanel", id: `${id}-${n}` },
      "aria-labelledby": `${id}-tab-${n}`,
    }),
  );

  function choose(chosen: number): void {
    buttons.forEach((button, n) => {
      button.setAttribute("aria-selected", `${n === chosen}`);
      button.tabIndex = n === chosen ? 0 : -1;
      views[n]!.hidden = n !== chosen;
    });
    if (mounted.has(chosen)) return;
    mounted.add(chosen);
    list[chosen]!.mount(views[chosen]!);
  }

  const bar = element("div", { class: "tabs", role: "tablist", "aria-label": label }, ...buttons);
  bar.addEventListener("keydown", (event) => {
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const last = buttons.length - 1;
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const chosen = (next + buttons.length) % buttons.length;
    choose(chosen);
    buttons[chosen]!.focus();
  });
  const all = element("div", { class: "panel" }, bar, ...views);
  queueMicrotask(() => choose(0)); // once it is on the page, so that charts know their width
  return all;
}
