import type { Page } from "playwright";
import { expect, test } from "vitest";
import { describeInBrowser, readNumber, until } from "./browser.ts";

const error = (page: Page): Promise<number> => readNumber(page, /mean squared error ([\d.e-]+)/);
const steps = (page: Page): Promise<number> => readNumber(page, /Step (\d+)/);

describeInBrowser("sine to cosine", (open) => {
  test("trains from the start, and its error falls below 0.01", async () => {
    const page = await open("sine");
    await steps(page); // by itself
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await until(
      () => steps(page),
      (now) => now === 1,
    );
    const first = await error(page);
    await page.getByLabel("Pace").selectOption("Full speed");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await until(
      () => error(page),
      (now) => now < 0.01,
    );
    expect(first).toBeGreaterThan(0.1);
    const label = await page.getByRole("img", { name: /^Two periods/ }).getAttribute("aria-label");
    expect(label).toMatch(/Step \d+, mean squared error 0\.00/);
  });

  test("pauses, takes single steps, starts anew", async () => {
    const page = await open("sine");
    await steps(page);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    const paused = await steps(page);
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await until(
      () => steps(page),
      (now) => now > paused,
    );
    await page.getByRole("button", { name: "Reset" }).click();
    await page.locator(".reading").getByText("Not trained yet").waitFor();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    expect(await steps(page)).toBe(1);
  });

  test("draws what it predicts", async () => {
    const page = await open("sine");
    await page.getByRole("button", { name: "Pause" }).click();
    const canvas = page.locator("canvas").first();
    const before = await canvas.evaluate((c) => (c as HTMLCanvasElement).toDataURL());
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await until(
      () => canvas.evaluate((c) => (c as HTMLCanvasElement).toDataURL()),
      (now) => now !== before,
    );
  });

  test("other cells, units and learning rates, all by keyboard", async () => {
    const page = await open("sine");
    await page.getByLabel("Cell").focus();
    await page.keyboard.press("ArrowDown"); // GRU
    await page.keyboard.press("Tab");
    await page.keyboard.press("End"); // 64 units
    await page.keyboard.press("Tab");
    await page.keyboard.press("Home"); // 0.0001
    expect(await page.getByLabel("Cell").inputValue()).toBe("gru");
    expect(await page.getByLabel("Units").inputValue()).toBe("64");
    expect(await page.getByLabel("Learning rate").getAttribute("aria-valuetext")).toBe("0.0001");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter"); // Pause
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  });
});
