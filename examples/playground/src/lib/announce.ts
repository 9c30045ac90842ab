/** Milliseconds between two announcements, so that a screen reader can say the one before the next. */
const REST = 4000;

let waiting: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

const region = (): HTMLElement => document.getElementById("announcements")!;

function announceNext(): void {
  timer = undefined;
  if (waiting === undefined) return;
  region().textContent = waiting;
  waiting = undefined;
  timer = setTimeout(announceNext, REST);
}

/** Has a screen reader say something when it is at rest. Of several in a short time only the last is said. */
export function announce(text: string): void {
  waiting = text;
  if (timer === undefined) timer = setTimeout(announceNext, 0);
}
