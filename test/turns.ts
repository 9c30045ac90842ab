/** Calls a function in a task of its own, before any timer that sleeps: by setImmediate in Node, elsewhere by a message. */
export const inTurn: (call: () => void) => void =
  typeof setImmediate === "function"
    ? setImmediate
    : (call) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          call();
        };
        port2.postMessage(undefined);
      };

/** Counts turns of the event loop from now on, until it is told to stop. */
export function countTurns(): { turns: number; stop(): void } {
  let counting = true;
  const counter = {
    turns: 0,
    stop: () => {
      counting = false;
    },
  };
  const count = (): void => {
    if (!counting) return;
    counter.turns++;
    inTurn(count);
  };
  inTurn(count);
  return counter;
}
