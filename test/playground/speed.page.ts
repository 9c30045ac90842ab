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
