import "./style.css";
import { announce } from "./lib/announce.ts";
import { element } from "./lib/elements.ts";
import type { Kit } from "./lib/panel.ts";
import { followTheme } from "./lib/theme.ts";
import { openTraining, type Training } from "./lib/training.ts";
import type { Work } from "./lib/work.ts";
import { type PanelLink, panels } from "./panels.ts";

/** A panel that has been shown: its section, and what computes for it. */
interface Mounted {
  readonly section: HTMLElement;
  readonly trainings: Training<Work>[];
}

const main = document.getElementById("panels")!;
const links = document.getElementById("links")!;
const mounted = new Map<string, Promise<Mounted>>();

async function mount({ load }: PanelLink): Promise<Mounted> {
  const { panel } = await load();
  const trainings: Training<Work>[] = [];
  const failure = element("p", { class: "failure", role: "alert", hidden: true });
  const host = element("div", { class: "panel" });
  const heading = `${panel.id}-title`;
  const section = element(
    "section",
    { "aria-labelledby": heading, hidden: true },
    element("h2", { id: heading, tabindex: -1 }, panel.title),
    element("p", { class: "intro" }, panel.intro),
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
    announce,
    fail,
    still: matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
  main.append(section); // before it is filled, so that charts know their width
  panel.mount(host, kit);
  return { section, trainings };
}

/** The panel that the address names; the first one if it names none. */
const addressed = (): PanelLink =>
  panels.find(({ id }) => `#${id}` === location.hash) ?? panels[0]!;

async function show(): Promise<void> {
  const link = addressed();
  document.title = `${link.title} · Gatewise playground`;
  for (const a of links.querySelectorAll("a"))
    if (a.hash === `#${link.id}`) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  const shown = mounted.get(link.id) ?? mount(link);
  mounted.set(link.id, shown);
  await shown;
  for (const [id, each] of mounted) {
    const { section, trainings } = await each;
    const visible = id === addressed().id; // another may have been asked for meanwhile
    section.hidden = !visible;
    for (const training of trainings) training.hold(!visible || document.hidden);
  }
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
document.addEventListener("visibilitychange", show);
await show();
