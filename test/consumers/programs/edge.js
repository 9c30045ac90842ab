import { init, LSTM, randn } from "gatewise";
import module from "gatewise/kernels.wasm";

// Edge runtimes compile no bytes; they hand over the module that was compiled when the program was deployed.
await init({ module });
const lstm = new LSTM(8, 16, { seed: 1 });

export default {
  fetch: () => Response.json(lstm.forward(randn([2, 5, 8], { seed: 2 })).output.shape),
};
