import type { Page } from "playwright";
import { expect, test } from "vitest";
import { describeInBrowser, until } from "./browser.ts";

/** What is said of the gradient of every cell, by cell. */
const verdicts = async (page: Page): Promise<Record<string, string>> => {
  await page
    .getByRole("cell", { name: /vanishes|lasts|explodes/ })
    .first()
    .waitFor();
  const rows = await page.locator("tbody tr").allTextContents();
  return Object.fromEntries(
    rows.map((row) => {
      const [, cell, verdict] = row.match(/^(Plain RNN|GRU|LSTM).*?(vanishes|lasts|explodes)/)!;
      return [cell, verdict];
    }),
  );
};

describeInBrowser("gradient through time", (open) => {
  test("it vanishes in a plain RNN and lasts in an LSTM whose forget gate is open", async () => {
    const page = await open("gradient");
    const [rnn, gru] = [{ "Plain RNN": "vanishes" }, { GRU: "vanishes" }];
    expect(await verdicts(page)).toEqual({ ...rnn, ...gru, LSTM: "vanishes" });
    await page.getByLabel("Forget bias").fill("5");
    const all = (): Promise<string> => verdicts(page).then((found) => JSON.stringify(found));
    await until(all, (found) => found === JSON.stringify({ ...rnn, ...gru, LSTM: "lasts" }));
    const label = await page.getByRole("img", { name: /^Norm/ }).getAttribute("aria-label");
    expect(label).toContain("100 steps: Plain RNN vanishes, GRU vanishes, LSTM lasts");
  });

  test("louder weights make the RNN's explode, a shut forget gate the LSTM's vanish", async () => {
    const page = await open("gradient");
    await page.getByLabel("Weight scale").fill("4");
    await page.getByLabel("Forget bias").fill("5");
    await until(
      async () => JSON.stringify(await verdicts(page)),
      (found) => found === '{"Plain RNN":"explodes","GRU":"lasts","LSTM":"lasts"}',
    );
    await page.getByRole("cell", { name: /^4.4 × 10⁷$/ }).waitFor();
    await page.getByLabel("Weight scale").fill("1");
    await page.getByLabel("Forget bias").focus();
    await page.keyboard.press("Home");
    await until(
      async () => JSON.stringify(await verdicts(page)),
      (found) => found === '{"Plain RNN":"vanishes","GRU":"vanishes","LSTM":"vanishes"}',
    );
  });

  test("the longest sequence and the loudest weights are drawn, too", async () => {
    const page = await open("gradient");
    await page.getByLabel("Length").fill("200");
    await page.getByLabel("Weight scale").fill("4");
    const chart = page.getByRole("img", { name: /200 steps/ });
    await chart.waitFor();
    const before = await chart.locator("canvas").evaluate((c: HTMLCanvasElement) => c.toDataURL());
    await page.getByRole("button", { name: "Other weights" }).click();
    await until(
      () => chart.locator("canvas").evaluate((c: HTMLCanvasElement) => c.toDataURL()),
      (after) => after !== before,
    );
  });
});
