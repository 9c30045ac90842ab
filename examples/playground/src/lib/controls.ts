// Labelled controls. Each is an element to put on the page and a way to its value.
import { element, freshId } from "./elements.ts";

export interface Control<T> {
  readonly element: HTMLElement;
  value: T;
}

export interface RangeOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
  /** Whether the slider moves through powers of ten: `min` is above 0, and `step` counts for nothing. */
  readonly logarithmic?: boolean;
  /** How the value is written beside the slider. */
  readonly format?: (value: number) => string;
  /** Called while the slider moves. */
  readonly input?: (value: number) => void;
  /** Called when it has come to rest. */
  readonly change?: (value: number) => void;
}

/** Places of a logarithmic slider, and the digits that its values are rounded to. */
const PLACES = 120;
const DIGITS = 2;

/** A slider with its value beside it. */
export function range(options: RangeOptions): Control<number> {
  const { label, min, max, step = 1, logarithmic = false, format = String } = options;
  const id = freshId("range");
  const toPlace = (value: number): number =>
    logarithmic ? (PLACES * Math.log(value / min)) / Math.log(max / min) : value;
  const toValue = (place: number): number =>
    logarithmic ? Number((min * (max / min) ** (place / PLACES)).toPrecision(DIGITS)) : place;
  const slider = element("input", {
    id,
    type: "range",
    min: logarithmic ? 0 : min,
    max: logarithmic ? PLACES : max,
    step: logarithmic ? 1 : step,
  });
  const output = element("output", { for: id, "aria-live": "off" });
  /** As it was set, which may lie between two places of the slider. */
  let current: number;
  const show = (): void => {
    output.value = format(current);
    slider.setAttribute("aria-valuetext", output.value);
  };
  const read = (): number => {
    current = toValue(slider.valueAsNumber);
    show();
    return current;
  };
  slider.addEventListener("input", () => {
    const value = read();
    options.input?.(value);
  });
  slider.addEventListener("change", () => {
    const value = read();
    options.change?.(value);
  });
  const set = (value: number): void => {
    current = value;
    slider.value = `${toPlace(value)}`;
    show();
  };
  set(options.value);
  return {
    element: element(
      "div",
      { class: "control" },
      element("label", { for: id }, label),
      output,
      slider,
    ),
    get value() {
      return current;
    },
    set value(value) {
      set(value);
    },
  };
}

export interface ChoiceOptions<T extends string> {
  readonly label: string;
  /** What is shown, by what it stands for. */
  readonly options: Readonly<Record<T, string>>;
  readonly value: NoInfer<T>;
  readonly change?: (value: T) => void;
}

/** One of several. */
export function choice<T extends string>(options: ChoiceOptions<T>): Control<T> {
  const id = freshId("choice");
  const entries = Object.entries<string>(options.options);
  const list = element(
    "select",
    { id },
    ...entries.map(([value, text]) => element("option", { value }, text)),
  );
  list.value = options.value;
  list.addEventListener("change", () => options.change?.(list.value as T));
  return {
    element: element(
      "div",
      { class: "control" },
      element("label", { for: id }, options.label),
      list,
    ),
    get value() {
      return list.value as T;
    },
    set value(value) {
      list.value = value;
    },
  };
}

export interface TextOptions {
  readonly label: string;
  readonly value: string;
  /** Lines that are seen at once; one line where it is not given. */
  readonly rows?: number;
  readonly input?: (value: string) => void;
  /** Called when the field is left, Enter pressed in a single line, or nothing was typed for a while. */
  readonly change?: (value: string) => void;
}

/** Milliseconds without a key after which a text is taken to be finished. */
const REST = 600;

/** A text of one line or of several. */
export function textField({ label, value, rows, input, change }: TextOptions): Control<string> {
  const id = freshId("text");
  const attributes = { id, spellcheck: "false", autocomplete: "off" };
  const field =
    rows === undefined
      ? element("input", { ...attributes, type: "text" })
      : element("textarea", { ...attributes, rows });
  field.value = value;
  let taken = value;
  let timer: ReturnType<typeof setTimeout>;
  const take = (): void => {
    clearTimeout(timer);
    if (field.value === taken) return;
    taken = field.value;
    change?.(taken);
  };
  field.addEventListener("input", () => {
    input?.(field.value);
    clearTimeout(timer);
    timer = setTimeout(take, REST);
  });
  field.addEventListener("change", take);
  return {
    element: element("div", { class: "control" }, element("label", { for: id }, label), field),
    get value() {
      return field.value;
    },
    set value(value) {
      clearTimeout(timer);
      field.value = taken = value;
    },
  };
}

/** A button; the main one of a panel is `primary`. */
export function button(
  label: string,
  press: () => void,
  { primary = false }: { readonly primary?: boolean } = {},
): HTMLButtonElement {
  return element("button", { type: "button", class: primary && "primary", onclick: press }, label);
}

export interface FileDropOptions {
  readonly label: string;
  readonly accept?: string;
  readonly files: (files: readonly File[]) => void;
}

/** Takes files: chosen by its button, or dropped on it. */
export function fileDrop({ label, accept, files }: FileDropOptions): HTMLElement {
  const input = element("input", { type: "file", multiple: true, accept, class: "hidden" });
  const zone = element("label", { class: "drop" }, input, label);
  const take = (list: FileList | null | undefined): void => {
    if (list?.length) files([...list]);
  };
  input.addEventListener("change", () => {
    take(input.files);
    input.value = ""; // the same files may be chosen again
  });
  for (const type of ["dragenter", "dragover"])
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer?.files);
  });
  return zone;
}

/** Controls in a row that wraps, as a group with a name for screen readers. */
export const toolbar = (label: string, ...controls: readonly HTMLElement[]): HTMLElement =>
  element("div", { class: "toolbar", role: "group", "aria-label": label }, ...controls);
