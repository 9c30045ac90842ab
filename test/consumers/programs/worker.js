import { train } from "./training.js";

let training;

// { epochs } begins training, { cancel: true } ends it; epochs, the result or the end go out as messages.
addEventListener("message", async ({ data }) => {
  if (data.cancel) return training?.abort();
  training = new AbortController();
  try {
    const loss = await train({
      epochs: data.epochs,
      signal: training.signal,
      onEpochEnd: (epoch, logs) => postMessage({ epoch, loss: logs.loss }),
    });
    postMessage({ done: loss });
  } catch (error) {
    postMessage({ ended: error.name });
  }
});
