import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The browsers that tests run in. */
export const browsers = ["chromium", "firefox", "webkit"] as const;
export type BrowserName = (typeof browsers)[number];

/** Chromium's arguments for a machine without a display, and for a page without what calls home. */
export const chromiumArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser to run in, or why not. */
export type Found = { readonly path: string } | { readonly missing: string };

/** Where a program is among the folders of PATH. */
function program(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
}

const given = (path: string | undefined, missing: string): Found => (path ? { path } : { missing });

/** WebKitGTK keeps its browser for automation beside its library, in a folder for each version of its interface. */
function miniBrowser(): string | undefined {
  const libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
  return libraries
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name, "MiniBrowser")))
    .find((path) => path.includes("webkit2gtk-4") && existsSync(path));
}

function webkit(): Found {
  if (!program("WebKitWebDriver")) return { missing: "no WebKitWebDriver" };
  if (!process.env.DISPLAY) return { missing: "no display; xvfb-run -a npm test" };
  return given(process.env.WEBKIT ?? miniBrowser(), "no MiniBrowser of WebKitGTK");
}

/** The browsers of this machine; CHROMIUM, FIREFOX and WEBKIT may say where each one is. */
export const findBrowser: Readonly<Record<BrowserName, () => Found>> = {
  chromium: () =>
    given(process.env.CHROMIUM ?? program("chromium", "chromium-browser"), "no chromium"),
  firefox: () => given(process.env.FIREFOX ?? program("firefox-esr", "firefox"), "no firefox-esr"),
  webkit,
};

/**
 * The engines to run the tests in. Without a list those of this machine, and `leftOut` says which others there would be and
 * why they are not. With one ("node,firefox") just those; throws a RangeError for one that is missing or unknown.
 */
export function chooseEngines(list: string | undefined): {
  readonly node: boolean;
  readonly browsers: Partial<Record<BrowserName, string>>;
  readonly leftOut: readonly string[];
} {
  const asked = list?.split(",").map((name) => name.trim());
  const unknown = asked?.find((name) => name !== "node" && !browsers.includes(name as BrowserName));
  if (unknown !== undefined)
    throw new RangeError(`GATEWISE_ENGINES: expected node, ${browsers.join(", ")}, got ${unknown}`);
  const paths: Partial<Record<BrowserName, string>> = {};
  const leftOut: string[] = [];
  for (const name of browsers) {
    if (asked && !asked.includes(name)) continue;
    const found = findBrowser[name]();
    if ("path" in found) paths[name] = found.path;
    else leftOut.push(`${name} (${found.missing})`);
  }
  if (asked && leftOut.length > 0)
    throw new RangeError(`GATEWISE_ENGINES: asked for what is not there: ${leftOut.join(", ")}`);
  return { node: asked?.includes("node") ?? true, browsers: paths, leftOut };
}
