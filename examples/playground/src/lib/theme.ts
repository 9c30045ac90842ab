const probe = document.createElement("span");
const changed = new Set<() => void>();
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Where the visitor's choice is kept, if the browser lets us. */
const KEY = "gatewise-theme";

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Colours of the theme of now: to ask the browser for one takes as long as to lay out the page. */
const known = new Map<string, string>();

/** A colour of the style sheet, `--accent`, as it is in the theme of now: for a canvas. */
export function colour(property: string): string {
  const found = known.get(property);
  if (found !== undefined) return found;
  if (!probe.isConnected) document.body.append(probe);
  probe.hidden = true;
  probe.style.color = `var(${property})`;
  const { color } = getComputedStyle(probe);
  known.set(property, color);
  return color;
}

/** The same as red, green and blue from 0 to 255. */
export function channels(property: string): readonly [number, number, number] {
  const [r, g, b] = colour(property)
    .match(/[\d.]+/g)!
    .map(Number);
  return [r!, g!, b!];
}

/** Calls back when colours have changed. */
export function onThemeChange(callback: () => void): void {
  changed.add(callback);
}

const isDark = (): boolean => {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? dark.matches : theme === "dark";
};

/** Follows the system's theme until the visitor chooses by the button, which names the other one. */
export function followTheme(button: HTMLButtonElement): void {
  const show = (): void => {
    button.textContent = isDark() ? "Light" : "Dark";
    known.clear();
    for (const callback of changed) callback();
  };
  const theme = stored();
  if (theme) document.documentElement.dataset.theme = theme;
  show();
  dark.addEventListener("change", show);
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    show();
    try {
      localStorage.setItem(KEY, next);
    } catch {} // not kept, then
  });
}
