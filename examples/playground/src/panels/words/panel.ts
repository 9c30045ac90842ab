import type { Panel } from "../../lib/panel.ts";
import { tabs } from "../../lib/tabs.ts";
import { mountMap } from "./map.ts";
import { mountTagging } from "./tagging.ts";
import { mountTranslation } from "./translation.ts";

export const panel: Panel = {
  id: "words",
  title: "Words",
  intro:
    "Three networks that learn about words within seconds, from sentences that this page makes up: one translates and shows " +
    "where it looks, one says what part of speech each word is, one finds out which words are alike.",
  mount(host, kit) {
    const views = tabs("Networks", [
      { title: "Translation", mount: (view) => mountTranslation(view, kit) },
      { title: "Parts of speech", mount: (view) => mountTagging(view, kit) },
      { title: "Word map", mount: (view) => mountMap(view, kit) },
    ]);
    host.append(views);
  },
};
