import { gzipSync } from "node:zlib";
import type { Page } from "playwright";
import { expect, test } from "vitest";
import { drawDigits } from "../../examples/support/digits.ts";
import { idx } from "../examples/idx-files.ts";
import { describeInBrowser, readNumber, until } from "./browser.ts";

const right = (page: Page): Promise<number> => readNumber(page, /(\d+) % of 300 other digits/);
const verdict = (page: Page) => page.locator(".verdict");
const rows = (page: Page) => page.getByLabel("Rows read");
const paper = (page: Page) => page.getByLabel("Paper to draw a digit on");

/** Lets the network learn until it reads eight of ten digits, then stops it. */
async function learn(page: Page): Promise<void> {
  await until(
    () => right(page),
    (percent) => percent >= 80,
  );
  await page.getByRole("button", { name: "Pause" }).click();
}

describeInBrowser("digits", (open) => {
  test("learns by itself, the loss falls; a 1 and a 7 drawn by mouse are read row by row", async () => {
    const page = await open("digits");
    await learn(page);
    const loss = page.getByRole("img", { name: /^Cross-entropy/ });
    const [, first, last] = (await loss.getAttribute("aria-label"))!
      .match(/from ([\d.]+) to ([\d.]+)/)!
      .map(Number);
    expect(first).toBeGreaterThan(2);
    expect(last).toBeLessThan(1.5);

    const draw = async (points: readonly (readonly [number, number])[]): Promise<void> => {
      await page.getByRole("button", { name: "Clear" }).click();
      await page.getByText("Nothing drawn yet").waitFor();
      const box = (await paper(page).boundingBox())!;
      const [first, ...others] = points.map(
        ([x, y]) => [box.x + (x * box.width) / 28, box.y + (y * box.height) / 28] as const,
      );
      await page.mouse.move(...first!);
      await page.mouse.down();
      for (const point of others) await page.mouse.move(...point, { steps: 8 });
      await page.mouse.up();
    };
    const said = (): Promise<string | null> => verdict(page).textContent();
    await draw([
      [14, 4],
      [14, 24],
    ]);
    await expect.poll(said, { timeout: 30_000 }).toMatch(/^After row 28: 1, \d+ % sure/);
    await draw([
      [6, 5],
      [21, 5],
      [12, 24],
    ]);
    await expect.poll(said, { timeout: 30_000 }).toMatch(/^After row 28: 7, \d+ % sure/);

    const atRow4 = async () => {
      await rows(page).fill("4"); // a last reading of what was drawn may still come, and run through all rows
      return verdict(page).textContent();
    };
    await expect.poll(atRow4).toMatch(/^After row 4: /);
    const shares = await page.locator(".classes .number").allTextContents();
    const sum = shares.reduce((total, share) => total + Number.parseInt(share, 10), 0);
    expect(Math.abs(sum - 100)).toBeLessThan(6); // ten numbers, each rounded
    expect(Math.max(...shares.map((share) => Number.parseInt(share, 10)))).toBeLessThan(90);
  });

  test("by keyboard: a line drawn and read, rows gone through, training paused", async () => {
    const page = await open("digits");
    await page.getByLabel("Learning rate").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    for (let n = 0; n < 3; n++) await page.keyboard.press("Tab"); // Step, Reset, the paper
    await page.keyboard.press("Delete");
    await page.getByText("Nothing drawn yet").waitFor();
    for (let n = 0; n < 8; n++) await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Space");
    for (let n = 0; n < 16; n++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await verdict(page)
      .getByText(/After row 28/)
      .waitFor();
    for (let n = 0; n < 4; n++) await page.keyboard.press("Tab"); // Clear, Sample, Read again, the slider
    await page.keyboard.press("Home");
    expect(await verdict(page).textContent()).toMatch(/^After row 1: /);
  });

  test("a sample comes with its hidden states, a row at a time", async () => {
    const page = await open("digits", { reducedMotion: "no-preference" });
    await verdict(page)
      .getByText(/After row \d+/)
      .waitFor();
    await page.getByRole("button", { name: "Sample" }).click();
    const seen = new Set<string>();
    await until(
      async () => {
        seen.add(await rows(page).inputValue());
        return rows(page).inputValue();
      },
      (value) => value === "28" && seen.size > 2,
    );
    const label = await page.getByRole("img", { name: /^Hidden state/ }).getAttribute("aria-label");
    expect(label).toBe("Hidden state: 48 units over 28 rows");
  });

  test("files as those of MNIST are learned from; others are refused in words", async () => {
    const page = await open("digits");
    const { images, labels, count } = drawDigits(400, { seed: 5 });
    const files = [
      { name: "pictures.gz", buffer: gzipSync(idx([count, 28, 28], images)) },
      { name: "labels", buffer: Buffer.from(idx([count], labels)) },
    ].map((file) => ({ ...file, mimeType: "application/octet-stream" }));
    const input = page.locator("input[type=file]");
    await input.setInputFiles(files[0]!);
    await page
      .getByRole("alert")
      .getByText(/pictures.gz: expected a file of labels/)
      .waitFor();
    await input.setInputFiles(files);
    await page
      .getByRole("main")
      .getByText("Learns from 200 digits of your files, tested on 200 others.")
      .waitFor();
    await page.getByText(/Step [1-9]/).waitFor();
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    await input.setInputFiles({
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("hello"),
    });
    await page
      .getByRole("alert")
      .getByText(/notes.txt is not an MNIST file/)
      .waitFor();
  });

  test("on a narrow screen, too, a wrong file is refused where one looks", async () => {
    const page = await open("digits", { viewport: { width: 360, height: 740 } });
    await page.getByText(/^Drop MNIST/).scrollIntoViewIfNeeded();
    await page.locator("input[type=file]").setInputFiles({
      name: "wrong.png",
      mimeType: "image/png",
      buffer: Buffer.from("hello"),
    });
    const alert = page.getByRole("alert").getByText(/wrong.png is not/);
    await alert.waitFor();
    const box = (await alert.boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(740);
  });
});
