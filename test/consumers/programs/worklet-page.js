import { play } from "./sound.js";

const played = await play(import.meta.resolve("gatewise/worklet"));
document.querySelector("output").textContent = JSON.stringify(played);
