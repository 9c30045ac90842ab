import { SGD } from "gatewise";
import { type ProgressBarOptions, progressBar } from "gatewise/terminal";
import { afterEach, expect, expectTypeOf, test, vi } from "vitest";
import { screen } from "../examples/screen.ts";
import { expectErrors, wrong } from "../expect-errors.ts";
import { regressionData, regressor } from "../models/support.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A stream that keeps what is written: a terminal of a given width, or a pipe. */
function sink(columns?: number) {
  const written: string[] = [];
  const write = (chunk: string): boolean => written.push(chunk) > 0;
  return {
    text: () => written.join(""),
    stream: columns === undefined ? { write } : { write, isTTY: true, columns },
  };
}

function compiled() {
  const model = regressor();
  model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: "mse", metrics: ["mae"] });
  return model;
}

const line = (epoch: string, names: string[]) =>
  new RegExp(`^${epoch}  ${names.map((name) => `${name} \\d\\S{3,8}`).join("  ")}$`);

/** Every redraw finds that time has passed, so that each step is seen. */
function fastClock(): void {
  let clock = 0;
  const later = () => (clock += 1000);
  vi.spyOn(Date, "now").mockImplementation(later);
  vi.spyOn(performance, "now").mockImplementation(later);
}

test("a line for every epoch where there is no terminal", async () => {
  const data = regressionData(20);
  const output = sink();
  await compiled().fit(data.x, data.y, {
    epochs: 10,
    validationData: data,
    callbacks: progressBar({ stream: output.stream }),
  });
  const lines = output.text().split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.length).toBe(10);
  expect(lines[0]).toMatch(line("epoch  1/10", ["loss", "mae", "valLoss", "valMae"]));
  expect(lines[9]).toMatch(line("epoch 10/10", ["loss", "mae", "valLoss", "valMae"]));
});

test.each([60, 80, 120])("a bar under the lines of the epochs, %i columns", async (columns) => {
  fastClock();
  const { x, y } = regressionData(20);
  const output = sink(columns);
  const screens: string[][] = [];
  await compiled().fit(x, y, {
    epochs: 2,
    batchSize: 4,
    callbacks: [
      progressBar({ stream: output.stream }),
      { onBatchEnd: () => screens.push(screen(output.text())) },
    ],
  });
  const shown = screens[7]!;
  expect(shown[0]).toMatch(line("epoch 1/2", ["loss", "mae"]));
  expect(shown[1]).toMatch(/^epoch 2\/2 █+░+ .* left {2}loss 0\.\d+/);
  expect(shown.length).toBe(2);
  expect(Math.max(...screens.flat().map((text) => text.length))).toBeLessThanOrEqual(columns);
  const bars = screens.map((lines) => lines.at(-1)!.split("█").length);
  expect(bars).toEqual([...bars].sort((a, b) => a - b));
  const end = screen(output.text()).filter((text) => text !== "");
  expect(end.length).toBe(2);
  expect(end[1]).toMatch(line("epoch 2/2", ["loss", "mae"]));
});

test("without a number of batches it counts them", async () => {
  fastClock();
  const data = regressionData(4);
  const output = sink(80);
  const screens: string[] = [];
  await compiled().fit(
    function* () {
      for (let i = 0; i < 3; i++) yield data;
    },
    {
      epochs: 2,
      callbacks: [
        progressBar({ stream: output.stream }),
        { onBatchEnd: () => screens.push(screen(output.text()).at(-1)!) },
      ],
    },
  );
  expect(screens[4]).toMatch(/^epoch 2\/2 {2}5 batches {2}loss/);
});

test("the bar goes when training is aborted", async () => {
  const { x, y } = regressionData(20);
  const output = sink(80);
  const abort = new AbortController();
  const running = compiled().fit(x, y, {
    epochs: 2,
    batchSize: 4,
    signal: abort.signal,
    callbacks: [progressBar({ stream: output.stream }), { onBatchEnd: () => abort.abort() }],
  });
  await expect(running).rejects.toThrow(/abort/);
  expect(screen(output.text()).join("")).toBe("");
});

test("wrong arguments", () => {
  expectTypeOf({ stream: undefined }).toExtend<ProgressBarOptions>();
  expectErrors([
    ["stream", TypeError, () => progressBar({ stream: wrong(1) }), /process\.stdout/],
    ["option", TypeError, () => progressBar(wrong({ out: 1 })), /stream/],
  ]);
});
