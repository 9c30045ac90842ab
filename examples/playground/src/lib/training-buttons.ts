import { button, toolbar } from "./controls.ts";

export interface TrainingButtons {
  readonly element: HTMLElement;
  /** To be told when training starts or pauses. */
  showRunning(running: boolean): void;
}

/** Train/Pause, Step and Reset. */
export function trainingButtons(
  training: () => { readonly running: boolean; start(): void; pause(): void; step(): void },
  reset: () => void,
): TrainingButtons {
  const start = button(
    "Train",
    () => (training().running ? training().pause() : training().start()),
    { primary: true },
  );
  const step = button("Step", () => training().step());
  return {
    element: toolbar("Training", start, step, button("Reset", reset)),
    showRunning(running) {
      start.textContent = running ? "Pause" : "Train";
    },
  };
}
