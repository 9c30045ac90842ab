import "./fallback.js";

export { work } from "./work.js";
