import { expect, test } from "vitest";
import { map } from "../../examples/support/map.ts";

const dotsOf = (svg: string): number[][] =>
  [...svg.matchAll(/<circle class="group\d" cx="([^"]*)" cy="([^"]*)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
const namesOf = (svg: string): string[] =>
  [...svg.matchAll(/<text class="group\d"[^>]*>([^<]*)</g)].map(([, name]) => name!);

test("places fill the frame, y upwards; groups have colours", () => {
  const svg = map("a < b", [
    { name: "low", x: -1, y: 5, group: 0 },
    { name: "high", x: 3, y: 9, group: 1 },
    { name: "middle", x: 1, y: 7, group: 6 },
  ]);
  expect(dotsOf(svg)).toEqual([
    [20, 625],
    [890, 50],
    [455, 337.5],
  ]);
  expect(svg.match(/<circle class="group\d"/g)).toEqual(
    [0, 1, 1].map((group) => `<circle class="group${group}"`),
  );
  expect(svg).toContain("<title>a &lt; b</title>");
  expect(namesOf(svg)).toEqual(["low", "high", "middle"]);
});

test("a name goes to the right, else to the left, else away; dots stay", () => {
  const at = (name: string, x: number, y: number) => ({ name, x, y, group: 0 });
  const ends = [at("first", 0, 0), at("last", 870, 575)];
  const svg = map("", [...ends, at("right", 400, 300), at("left", 396, 300), at("away", 398, 302)]);
  expect(dotsOf(svg).length).toBe(5);
  expect(namesOf(svg)).toEqual(["first", "last", "right", "left"]);
  expect(svg).toMatch(/text-anchor="end">left</);
  expect(svg).toMatch(/text-anchor="start">right</);
});

test("a single place stands", () => {
  expect(map("", [{ name: "one", x: 2, y: 2, group: 0 }])).not.toContain("NaN");
});
