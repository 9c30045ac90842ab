// What W9 starts: from nothing to the first output of an LSTM.
import { LSTM, ones } from "gatewise";

const lstm = new LSTM(16, 32, { seed: 1 });
console.log(lstm.forward(ones([1, 10, 16])).output.data[0]);
