import type { Page } from "playwright";
import { expect, test } from "vitest";
import { describeInBrowser, readNumber, until } from "./browser.ts";

/** What a network misses the target by, as its heading says. */
const error = async (page: Page, cell: string): Promise<number> => {
  const heading = page.getByRole("heading", { name: new RegExp(`^${cell} error`) });
  return Number((await heading.textContent())!.match(/error ([\d.e-]+)/)![1]);
};
const steps = (page: Page): Promise<number> => readNumber(page, /^Step (\d+)$/);
const signal = (page: Page) => page.getByRole("slider", { name: "Input at a time step" });

/** Ends training, so that only what a test does changes the page. */
async function pause(page: Page): Promise<void> {
  await steps(page); // it has begun
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Train", exact: true }).waitFor();
}

/** What is said of a heat map. */
const described = async (page: Page, part: string): Promise<string> =>
  (await page.getByRole("img", { name: part }).getAttribute("aria-label"))!;

describeInBrowser("inside the cell", (open) => {
  test("an LSTM and a GRU learn to hold a pulse", async () => {
    const page = await open("gates");
    await pause(page);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    const first = await error(page, "LSTM");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await until(
      async () => Math.max(await error(page, "LSTM"), await error(page, "GRU")),
      (worse) => worse < 0.1,
    );
    expect(first).toBeGreaterThan(0.5);
  });

  test("a pulse drawn by mouse opens and shuts gates", async () => {
    const page = await open("gates");
    await pause(page);
    await page.getByLabel("Signal", { exact: true }).selectOption("Silence, to draw on");
    const box = (await signal(page).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 20);
    await page.mouse.down();
    await page.mouse.up();
    expect(await signal(page).getAttribute("aria-valuetext")).toMatch(/^time step 31: 0\.\d+$/);
    expect(await page.getByLabel("Signal", { exact: true }).inputValue()).toBe("own");
    await until(
      () => described(page, "i, the input gate"),
      (text) => text.includes("at time step 31"),
    );
  });

  test("a signal drawn by keyboard is what the networks hear", async () => {
    const page = await open("gates");
    await pause(page);
    await page.getByLabel("Signal", { exact: true }).selectOption("Silence, to draw on");
    await signal(page).focus();
    await page.keyboard.press("End");
    await until(
      () => described(page, "n, the candidate"),
      (text) => text.includes("at time step 60"),
    );
    const silent = await described(page, "n, the candidate");
    await page.keyboard.press("PageUp");
    await page.keyboard.press("ArrowDown");
    expect(await signal(page).getAttribute("aria-valuetext")).toBe("time step 60: 0.90");
    await until(
      () => described(page, "n, the candidate"),
      (text) => text !== silent,
    );
    await page.keyboard.press("ArrowLeft");
    expect(await signal(page).getAttribute("aria-valuetext")).toBe("time step 59: 0.00");
  });

  test("other tasks and units begin anew", async () => {
    const page = await open("gates");
    await pause(page);
    await page.getByLabel("What is learned").selectOption("Count the pulses");
    await page.getByText("Not trained yet: random weights").first().waitFor();
    await page.getByLabel("Units", { exact: true }).fill("3");
    await page.getByRole("button", { name: "Step", exact: true }).click();
    expect(await steps(page)).toBe(1);
    const height = () =>
      page
        .locator("canvas.heat-map")
        .first()
        .evaluate((c) => (c as HTMLCanvasElement).height);
    await until(height, (rows) => rows === 3);
  });

  test("once training has ended, another task is trained for; after a pause it waits", async () => {
    const page = await open("gates");
    await until(
      () => steps(page),
      (now) => now === 800,
    );
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    await page.getByLabel("What is learned").selectOption("Count the pulses");
    await until(
      () => steps(page),
      (now) => now > 0 && now < 800,
    );
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByLabel("What is learned").selectOption("Hold the last pulse");
    await page.getByText("Not trained yet: random weights").waitFor();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  });

  test("the error is that of the signal that is drawn", async () => {
    const page = await open("gates");
    await page.getByLabel("What is learned").selectOption("Count the pulses");
    await until(
      () => error(page, "GRU"),
      (now) => now < 0.05,
    );
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByLabel("Signal", { exact: true }).selectOption("Square wave"); // more pulses than it ever heard
    await until(
      () => error(page, "GRU"),
      (now) => now > 0.3,
    );
  });
});
