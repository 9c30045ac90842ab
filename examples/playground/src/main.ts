import "./style.css";
import { announce } from "./lib/announce.ts";
import { button } from "./lib/controls.ts";
import { element } from "./lib/elements.ts";
import type { Kit, Panel } from "./lib/panel.ts";
import { followTheme } from "./lib/theme.ts";
import { openTraining, type Training } from "./lib/training.ts";
import type { Work } from "./lib/work.ts";
import { type PanelLink, panels } from "./panels.ts";

/** A panel that has been asked for: its section, and what computes for it. */
interface Mounted {
  readonly section: HTMLElement;
  readonly trainings: Training<Work>[];
  /** Resolves once the panel is there, or why it is not. */
  filled: Promise<void>;
}

const STILL =
  "Your system asks for less motion, so nothing here goes on by itself: start it by its button.";

const main = document.getElementById("panels")!;
const links = document.getElementById("links")!;
const mounted = new Map<string, Mounted>();

/** The panel that the address names; the first one if it names none. */
const addressed = (): PanelLink =>
  panels.find(({ id }) => `#${id}` === location.hash) ?? panels[0]!;

const headingOf = (id: string, title: string): HTMLElement =>
  element("h2", { id: `${id}-title`, tabindex: -1 }, title);

function mount(link: PanelLink): Mounted {
  const section = element("section", { "aria-labelledby": `${link.id}-title` });
  main.append(section); // before it is filled, so that charts know their width
  const made: Mounted = { section, trainings: [], filled: Promise.resolve() };
  made.filled = load(link, made);
  return made;
}

/** Loads a panel into its section. One that cannot be loaded is asked for again by a button, the others go on. */
async function load(link: PanelLink, { section, trainings }: Mounted): Promise<void> {
  section.replaceChildren(element("p", { class: "hint" }, "Loading…"));
  try {
    const { panel } = await link.load();
    fill(section, trainings, panel);
  } catch {
    section.replaceChildren(
      headingOf(link.id, link.title),
      element(
        "p",
        { class: "failure", role: "alert" },
        "This part of the page could not be loaded. Is there a connection?",
      ),
      button("Try again", () => location.reload()), // browsers may remember that a module could not be loaded
    );
  }
}

function fill(section: HTMLElement, trainings: Training<Work>[], panel: Panel): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const note = element("p", { class: "intro", hidden: true }, STILL);
  const failure = element("p", { class: "failure", role: "alert", hidden: true });
  const host = element("div", { class: "panel" });
  section.replaceChildren(
    headingOf(panel.id, panel.title),
    element("p", { class: "intro" }, panel.intro),
    note,
    failure,
    host,
  );
  const fail = (message: string | undefined): void => {
    failure.hidden = message === undefined;
    failure.textContent = message ?? "";
  };
  const kit: Kit = {
    train(name, settings, listener = {}) {
      const training = openTraining(name, settings, { ...listener, failed: fail });
      trainings.push(training as Training<Work>);
      return training;
    },
    begin(training) {
      note.hidden = !still;
      if (still) training.step();
      else training.start();
    },
    announce,
    fail,
    still,
  };
  panel.mount(host, kit);
  showAddressed(); // another may have been asked for meanwhile
}

/** Shows the section that the address names; what is not seen is held up. */
function showAddressed(): void {
  const { id } = addressed();
  for (const [each, { section, trainings }] of mounted) {
    section.hidden = each !== id;
    for (const training of trainings) training.hold(section.hidden || document.hidden);
  }
}

async function show(): Promise<void> {
  const link = addressed();
  document.title = `${link.title} · Gatewise playground`;
  for (const a of links.querySelectorAll("a"))
    if (a.hash === `#${link.id}`) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  if (!mounted.has(link.id)) mounted.set(link.id, mount(link));
  showAddressed();
  await mounted.get(link.id)!.filled;
}

/** Reading goes on from the heading of the panel that is shown. */
const focusPanel = (): void =>
  (document.getElementById(`${addressed().id}-title`) ?? main).focus({ preventScroll: true });

links.append(
  ...panels.map(({ id, title }) => element("li", {}, element("a", { href: `#${id}` }, title))),
);
followTheme(document.querySelector<HTMLButtonElement>("#theme")!);
addEventListener("hashchange", async () => {
  await show();
  scrollTo(0, 0);
  focusPanel();
});
document.querySelector(".skip")!.addEventListener("click", (event) => {
  event.preventDefault(); // the address is the panel's
  focusPanel();
});
for (const type of ["dragover", "drop"] as const)
  addEventListener(type, (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); // beside its zone a file would replace the page
  });
document.addEventListener("visibilitychange", show);
await show();
