import url from "gatewise/worklet?url";
import { play } from "./sound.js";

document.querySelector("output").textContent = JSON.stringify(await play(url));
