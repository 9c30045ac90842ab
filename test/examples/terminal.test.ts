import { describe, expect, test } from "vitest";
import { openTerminal, withProgress } from "../../examples/support/terminal.ts";
import { screen } from "./screen.ts";

/** A stream that keeps what is written: a terminal of a given width, or a pipe. */
function sink(columns?: number) {
  const written: string[] = [];
  const write = (chunk: string): boolean => written.push(chunk) > 0;
  return {
    written,
    text: () => written.join(""),
    stream: columns === undefined ? { write } : { write, isTTY: true, columns },
  };
}

describe("openTerminal", () => {
  test("knows its width, within 40 and 120", () => {
    const columns = (n?: number) => openTerminal(sink(n).stream, {}).columns;
    expect([undefined, 0, 20, 80, 120, 300].map(columns)).toEqual([80, 80, 40, 80, 120, 120]);
  });

  test("paints on a terminal only, and not against NO_COLOR", () => {
    const painted = (columns: number | undefined, env: NodeJS.ProcessEnv) =>
      openTerminal(sink(columns).stream, env).paint("green", "text");
    expect(painted(80, {})).toBe("\x1b[32mtext\x1b[0m");
    expect(painted(80, { NO_COLOR: "" })).toBe("\x1b[32mtext\x1b[0m"); // no-color.org: "when not an empty string"
    expect(painted(80, { NO_COLOR: "1" })).toBe("text");
    expect(painted(80, { TERM: "dumb" })).toBe("text");
    expect(painted(undefined, {})).toBe("text");
  });
});

describe("withProgress", () => {
  /** Runs 60 steps and returns the screen after each. */
  const run = (columns: number | undefined, env: NodeJS.ProcessEnv = {}) => {
    const output = sink(columns);
    const terminal = openTerminal(output.stream, env);
    const screens: string[][] = [];
    terminal.line("before");
    const result = withProgress(terminal, "   training", 60, (progress) => {
      for (let n = 1; n <= 60; n++) {
        progress.update(n, `cost ${(1 / n).toFixed(3)}`);
        if (n % 20 === 0) progress.line(`step ${n}`);
        if (columns !== undefined) screens.push(screen(output.text()));
      }
      return "done";
    });
    terminal.line("after");
    expect(result).toBe("done");
    return { screens, text: output.text() };
  };

  test.each([40, 80, 120])("draws a bar under its lines and takes it away, %i columns", (width) => {
    const { screens, text } = run(width);
    const middle = screens[39]!;
    expect(middle.slice(0, 3)).toEqual(["before", "step 20", "step 40"]);
    expect(middle[3]).toMatch(/^ {3}training █+░+ 40\/60 {2}cost 0\.025$/);
    expect(middle.length).toBe(4);
    const widest = Math.max(...screens.flat().map((line) => line.length));
    expect(widest).toBeLessThan(width);
    expect(widest).toBeGreaterThan(width - 10);
    expect(screen(text)).toEqual(["before", "step 20", "step 40", "step 60", "after", ""]);
  });

  test("leaves nothing to restore: no cursor hidden, no wrapping turned off", () => {
    expect(run(80).text).not.toContain("\x1b[?");
  });

  test("without colour there are no colours, the bar stays", () => {
    const { text, screens } = run(80, { NO_COLOR: "1" });
    expect(text.split("\x1b[").filter((part) => /^\d*m/.test(part))).toEqual([]);
    expect(screens[39]![3]).toContain("█");
  });

  test.each([
    ["a pipe", undefined, {}],
    ["a dumb terminal", 80, { TERM: "dumb" }],
    ["a terminal too narrow for a bar", 39, {}],
  ])("%s gets plain lines", (_, columns, env) => {
    expect(run(columns, env).text).toBe("before\nstep 20\nstep 40\nstep 60\nafter\n");
  });

  test("takes the bar away when the work fails", () => {
    const output = sink(80);
    const terminal = openTerminal(output.stream, {});
    const work = () =>
      withProgress(terminal, "training", 10, (progress) => {
        progress.line("begun");
        throw new Error("failed");
      });
    expect(work).toThrow("failed");
    const length = output.written.length;
    expect(screen(output.text())).toEqual(["begun", ""]);
    return new Promise<void>((resolve) => {
      setTimeout(() => {
        expect(output.written.length).toBe(length); // the timer is gone too
        resolve();
      }, 300);
    });
  });
});
