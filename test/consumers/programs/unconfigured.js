import { LSTM } from "gatewise";

/** What a program that configures nothing is told where the kernels do not compile. */
export function attempt() {
  try {
    new LSTM(4, 16);
    return "it compiles";
  } catch (error) {
    return error.message;
  }
}
