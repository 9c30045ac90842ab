import { expect, test } from "vitest";
import { describeInBrowser } from "./browser.ts";

describeInBrowser("speed", (open) => {
  test("times WebAssembly against plain JavaScript, forward and backward", async () => {
    const page = await open("speed");
    await page.getByText("Round 5 of 5").waitFor();
    const captions = await page.locator("caption").allTextContents();
    console.log(`playground, measured beside other work: ${captions.join(", ")}`);
    expect(captions.length).toBe(2);
    for (const caption of captions)
      expect(Number(caption.match(/([\d.]+) times faster/)![1])).toBeGreaterThan(0);
    const rates = await page.getByRole("cell", { name: /GFLOP\/s/ }).allTextContents();
    expect(rates.length).toBe(4);
  });

  test("nothing is said to be faster before it has warmed up", async () => {
    const page = await open("speed");
    await page.addInitScript(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      new MutationObserver(() => {
        const text = (selector: string): string =>
          document.querySelector(selector)?.textContent ?? "";
        said.push(`${text(".reading")}: ${text("tbody td")}, ${text("caption")}`);
      }).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await page.reload();
    await page.getByText("Round 5 of 5").waitFor();
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    const early = said.filter((text) => /^(?:Warming up|Not measured yet|Round 1)/.test(text));
    expect(early.length).toBeGreaterThan(0);
    expect(early.filter((text) => text.includes("faster"))).toEqual([]);
    expect(said.filter((text) => /^(?:Warming|Not).* ms/.test(text))).toEqual([]);
    expect(said.at(-1)).toContain("times faster");
  });

  test("other sizes, by keyboard, and once more", async () => {
    const page = await open("speed");
    const begun = page.getByText(/Warming up|Round [0-4] of 5|Not measured yet/).first();
    const ended = page.getByText("Round 5 of 5");
    await ended.waitFor();
    await page.getByLabel("Cell").focus();
    await page.keyboard.press("ArrowDown"); // GRU, which is measured at once
    await begun.waitFor();
    await ended.waitFor();
    await page.getByLabel("Units").selectOption("8");
    await begun.waitFor();
    await ended.waitFor();
    await page.getByRole("button", { name: "Measure" }).focus();
    await page.keyboard.press("Enter");
    await begun.waitFor();
    await ended.waitFor();
  });
});
