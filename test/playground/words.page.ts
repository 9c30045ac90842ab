import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { describeInBrowser, readNumber, until } from "./browser.ts";

describeInBrowser("words", (open) => {
  test("a translation, and where each of its words looks", async () => {
    const page = await open("words");
    await page.getByRole("main").getByText("le cheval blanc n'aime pas la pomme .").waitFor();
    await page.getByRole("button", { name: "Another sentence" }).click();
    const text = async (selector: string): Promise<string> =>
      (await page.locator(selector).textContent())!;
    const wanted = (await page.getByText(/^Right: /).textContent())!.replace("Right: ", "");
    await expect.poll(() => text(".translated"), { timeout: 30_000 }).toBe(wanted);

    await page.getByLabel("English").fill("the dog sees the purple car .");
    await page.getByText("Not among the words it learns: purple").waitFor();
    await page.getByLabel("English").fill("the black dog sees the car .");
    await page.getByRole("main").getByText("le chien noir voit la voiture .").waitFor();
    const heads = await page.locator(".attention thead th").allTextContents();
    expect(heads).toEqual("the black dog sees the car .".split(" "));
    const row = page.locator(".attention tbody tr", { hasText: "voiture" });
    const shares = (await row.locator("td").allTextContents()).map((s) => Number.parseInt(s, 10));
    expect(Math.abs(shares.reduce((a, b) => a + b) - 100)).toBeLessThan(5);
    expect(Math.max(...shares)).toBe(shares[5]);
  });

  test("parts of speech as one types", async () => {
    const page = await open("words");
    await page.getByRole("tab", { name: "Translation" }).focus();
    await page.keyboard.press("ArrowRight");
    await until(
      () => readNumber(page, /([\d.]+) % of the words of other sentences/),
      (right) => right > 98,
    );
    const tags = (): Promise<string[]> => page.locator(".tagged i").allTextContents();
    await page.getByLabel("A sentence of yours").fill("");
    expect(await tags()).toEqual([]);
    await page.getByLabel("A sentence of yours").pressSequentially("Can she open the can?");
    const wanted = ["auxiliary", "pronoun", "verb", "determiner", "noun", "mark"];
    await expect.poll(tags).toEqual(wanted);
    const colours = await page
      .locator(".tagged")
      .evaluate(({ children }) =>
        Array.from(children, (word) => getComputedStyle(word).borderBottomColor),
      );
    expect(colours[0]).not.toBe(colours[4]);
  });

  test("a map of words: those of a kind are near one another", async () => {
    const page = await open("words");
    await page.getByRole("tab", { name: "Word map" }).click();
    await page.getByRole("main").getByText("1,500 sentences, 100 % of the work done").waitFor();
    const nearest = (): Promise<string[]> => page.locator(".nearest li").allTextContents();
    const choose = page.getByLabel("Word", { exact: true });
    await choose.selectOption("violin");
    await page.getByText("Nearest to “violin”").waitFor();
    const five = (await nearest()).slice(0, 5).map((entry) => entry.split(" ")[0]);
    expect(five.sort()).toEqual(["drum", "flute", "guitar", "piano", "trumpet"]);

    const map = page.getByRole("img", { name: /^Words by the company/ });
    await map.click({ position: { x: 30, y: 30 } }); // whatever is nearest there
    await until(
      () => choose.inputValue(),
      (word) => word !== "violin",
    );
  });

  test("a map of a text of one's own; a short one is refused in words", async () => {
    const page = await open("words");
    await page.getByRole("tab", { name: "Word map" }).click();
    await page.getByLabel("Sentences").selectOption("Your own text");
    const area = page.getByLabel(/^Your text/);
    await area.fill("Hello there.");
    await area.blur();
    await page
      .getByRole("alert")
      .getByText(/too short for a map: it has 0 words/)
      .waitFor();
    expect(await page.locator(".nearest li").count()).toBe(0);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor(); // refused once more
    expect(await page.getByText(/% of the work done/).count()).toBe(0);
    const text =
      "The green river sings. The green forest sings. A quiet river sleeps. A quiet forest sleeps. ";
    await area.fill(text.repeat(40));
    await area.blur();
    await page.getByRole("main").getByText("160 sentences, 100 % of the work done").waitFor();
    expect(
      await page.getByLabel("Word", { exact: true }).locator("option").allTextContents(),
    ).toEqual(["forest", "green", "quiet", "river", "sings", "sleeps"]);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
  });

  test.each(["Parts of speech", "Word map"])(
    "%s: nothing that axe objects to, light and dark",
    async (tab) => {
      const page = await open("words", {
        colorScheme: "light",
        viewport: { width: 320, height: 640 },
      });
      await page.getByRole("tab", { name: tab }).click();
      await page
        .locator(tab === "Word map" ? ".nearest li" : ".tagged .word")
        .first()
        .waitFor();
      expect(await violations(page), "light").toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violations(page), "dark").toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    },
  );
});
