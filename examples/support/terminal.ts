import type { WriteStream } from "node:tty";
import cliProgress from "cli-progress";

/** Where a program writes: a terminal, or plain lines for a pipe or a file. */
export interface Terminal {
  readonly stream: Output;
  /** Lines may be redrawn: there is a progress bar. Otherwise nothing but plain lines is written. */
  readonly interactive: boolean;
  /** Characters per line: the terminal's, within 40 to 120; 80 for a pipe. */
  readonly columns: number;
  line(text?: string): void;
  /** The text in a colour, or as it is where there is none (no terminal, or NO_COLOR: no-color.org). */
  paint(colour: Colour, text: string): string;
}

export type Colour = keyof typeof codes;

const codes = { bold: 1, dim: 2, green: 32, yellow: 33, cyan: 36 };

type Output = Pick<WriteStream, "write"> & Partial<Pick<WriteStream, "isTTY" | "columns">>;

export function openTerminal(stream: Output, env: NodeJS.ProcessEnv): Terminal {
  const width = stream.columns || 80;
  const interactive = stream.isTTY === true && env.TERM !== "dumb" && width >= 40;
  const coloured = interactive && !env.NO_COLOR;
  return {
    stream,
    interactive,
    columns: Math.min(120, Math.max(40, width)),
    line: (text = "") => void stream.write(`${text}\n`),
    paint: (colour, text) => (coloured ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text),
  };
}

/** Characters that a note beside the bar may have, and that the bar's colours take. */
const NOTE = 13;
const COLOURS = 16;

/** A piece of work under way. */
export interface Progress {
  /** So many steps are done; `note` says how it goes, in 13 characters. */
  update(done: number, note: string): void;
  /** A line that stays. */
  line(text: string): void;
}

/**
 * Runs `work` with a progress bar, which is gone when it ends, well or badly; without a terminal only its lines
 * appear. The bar leaves cursor and wrapping alone, so that a Ctrl-C has nothing to restore.
 */
export function withProgress<T>(
  terminal: Terminal,
  label: string,
  total: number,
  work: (progress: Progress) => T,
): T {
  if (!terminal.interactive) return work({ update() {}, line: terminal.line });
  const { stream, columns, paint } = terminal;
  const texts = `${label}   ${total}/${total}${" ".repeat(NOTE)}`;
  const bars = new cliProgress.MultiBar({
    // It cuts lines at the terminal's width, but counts colours: leave room for them.
    stream: { isTTY: true, columns: columns + COLOURS, write: (text) => stream.write(text) },
    format: `${label} ${paint("green", "{bar}")} {value}/${total}  {note}`,
    barsize: Math.max(2, columns - texts.length - 1),
    barCompleteChar: "█",
    barIncompleteChar: "░",
    linewrap: true,
    clearOnComplete: true,
  });
  const bar = bars.create(total, 0, { note: "" });
  let drawn = 0;
  const draw = (): void => {
    drawn = performance.now();
    bars.update(); // the loop below is synchronous: cli-progress' own timer does not get a turn
  };
  try {
    return work({
      update(done, note) {
        bar.update(done, { note });
        if (performance.now() - drawn > 50) draw();
      },
      line(text) {
        bars.log(`${text}\n`);
        draw();
      },
    });
  } finally {
    bars.stop();
  }
}
