const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

/** Has the worker train, and passes on what it says until it is done or cancelled. */
function train(epochs, onEpochEnd) {
  return new Promise((resolve, reject) => {
    worker.onerror = reject;
    worker.onmessage = ({ data }) => ("epoch" in data ? onEpochEnd(data) : resolve(data));
    worker.postMessage({ epochs });
  });
}

const progress = [];
const { done } = await train(3, ({ loss }) => progress.push(loss));
const { ended } = await train(1e6, () => worker.postMessage({ cancel: true }));
document.querySelector("output").textContent = JSON.stringify({ progress, done, ended });
