import { play } from "./sound.js";

const played = await play(new URL("gatewise/worklet", import.meta.url));
document.querySelector("output").textContent = JSON.stringify(played);
