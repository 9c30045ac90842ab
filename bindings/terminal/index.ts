export { type ProgressBarOptions, type ProgressStream, progressBar } from "./progress.ts";
