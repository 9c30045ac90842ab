/** Attributes and listeners of an element: what begins with "on" is a listener, false and undefined are left out. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: Event) => void)>
>;

/** Makes an element: `element("p", { class: "note" }, "Text")`. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, `${value}`);
  }
  made.append(...children);
  return made;
}

let made = 0;

/** An id for an element that another refers to. */
export const freshId = (name: string): string => `${name}-${++made}`;
