const { init, LSTM } = require("gatewise");
const { jsKernels } = require("gatewise/js");
const { work } = require("./work.js");

async function main() {
  const same = (await import("gatewise")).LSTM === LSTM;
  const wasm = work();
  await init({ kernels: jsKernels, replace: true });
  console.log(JSON.stringify({ same, wasm, js: work() }));
}
main();
