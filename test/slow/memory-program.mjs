// node --expose-gc memory-program.mjs FROM TO: trains a small model and prints its memory after FROM steps and after TO.
import { Adam, detach, dynamicRNN, Linear, LSTMCell, mse, randn } from "gatewise";

const memories = [];
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor) {
    super(descriptor);
    memories.push(this);
  }
};

const [from, to] = process.argv.slice(2).map(Number);
const cell = new LSTMCell(2, 8, { seed: 1 });
const head = new Linear(8, 1, { seed: 2 });
const optimizer = new Adam({ learningRate: 1e-3, clipNorm: 1 });
const x = randn([4, 5, 2], { seed: 3 });
const y = randn([4, 5, 1], { seed: 4 });
let state = cell.zeroState(4);
const train = () =>
  optimizer.minimize(() => {
    const run = dynamicRNN(cell, x, { initialState: state, sequenceLength: [5, 3, 0, 4] });
    state = detach(run.state);
    return mse(head.forward(run.outputs), y);
  });

const wasm = [];
const heap = [];
async function measure() {
  // Several collections with pauses: finalizers run between tasks, and V8 lets go of code that it has compiled anew, and of
  // what its compiler threads held, only after some.
  for (let i = 0; i < 12; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  wasm.push(memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0));
  heap.push(process.memoryUsage().heapUsed);
}

for (let i = 0; i < from; i++) train();
await measure();
for (let i = from; i < to; i++) train();
await measure();
console.log(JSON.stringify({ wasm, heap }));
