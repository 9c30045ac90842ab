import type { Page } from "playwright";
import { expect, test } from "vitest";
import { describeInBrowser, until } from "./browser.ts";

/** The loss now, as the chart says it. */
async function loss(page: Page): Promise<number> {
  const label = await page.getByRole("img", { name: /^Cross-entropy/ }).getAttribute("aria-label");
  return Number(label!.match(/to ([\d.]+)/)?.[1] ?? Number.POSITIVE_INFINITY);
}
const samples = (page: Page): Promise<string[]> => page.locator(".sample").allTextContents();

describeInBrowser("text", (open) => {
  test("learns a nursery rhyme: the loss falls, samples get better", async () => {
    const page = await open("text");
    await until(
      () => loss(page),
      (now) => now < 0.3,
    );
    await until(
      () => samples(page),
      ([latest]) => /house that Jack built|worried the cat|crumpled horn/.test(latest!),
    );
    const all = await samples(page);
    expect(all.at(-1)).not.toMatch(/\bthe\b/); // before training
    expect(all.length).toBeLessThanOrEqual(9);
  });

  test("goes on from a beginning, by keyboard", async () => {
    const page = await open("text");
    await until(
      () => loss(page),
      (now) => now < 0.3,
    );
    await page.getByLabel("Begin with").fill("This is the d");
    await page.keyboard.press("Enter");
    await page
      .locator(".written")
      .getByText(/^This is the d/)
      .waitFor();
    expect((await page.locator(".written").textContent())!.length).toBeGreaterThan(250);
  });

  test("learns from a text that is pasted, by words too; one that is too short is refused", async () => {
    const page = await open("text");
    const area = page.getByLabel("The text to learn from");
    await area.fill("too short"); // and not left
    await page
      .getByRole("alert")
      .getByText(/100 characters at least; this one has 9/)
      .waitFor();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.getByRole("button", { name: "Write" }).click();
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    expect(await page.locator(".written").isVisible()).toBe(false);
    expect(await page.getByText(/tokens, read for/).count()).toBe(0);
    await area.fill("ping pong ping pong\n".repeat(30));
    await page.getByText(/Step [1-9]\d*: 600 tokens/).waitFor();
    await page.getByLabel("Tokens").selectOption("Words");
    await until(
      () => samples(page),
      ([latest]) => /^(?:(?:ping|pong)\s+)+/.test(latest ?? ""),
    );
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(await page.getByLabel("Sample text").inputValue()).toBe("own");
    await page.getByText(/150 tokens, read for the/).waitFor();
  });

  test("numbers in words from the list; a file that is chosen", async () => {
    const page = await open("text");
    await page.getByLabel("Sample text").selectOption("Numbers in words");
    expect(await page.getByLabel("The text to learn from").inputValue()).toContain("two hundred");
    await page.getByText(/Step [1-9]/).waitFor();
    await page.locator("input[type=file]").setInputFiles({
      name: "mine.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("abcdefghij".repeat(20)),
    });
    await page.getByText(/Step [1-9]\d*: 200 tokens/).waitFor();
  });

  test("a file that is no text is refused, and the text there is goes on", async () => {
    const page = await open("text");
    const area = page.getByLabel("The text to learn from");
    const before = await area.inputValue();
    await page.locator("input[type=file]").setInputFiles({
      name: "picture.png",
      mimeType: "image/png",
      buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
    });
    await page
      .getByRole("alert")
      .getByText(/picture.png is not a text/)
      .waitFor();
    expect(await area.inputValue()).toBe(before);
    await page
      .getByRole("main")
      .getByText(/Step 2000: /)
      .waitFor(); // a round, and it pauses
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  });
});
