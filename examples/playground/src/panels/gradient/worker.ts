import { GRUCell, LSTMCell, RNNCell } from "gatewise";
import type { Contender } from "../../../../support/contenders.ts";
import { gradientNorms } from "../../../../support/gradient-norms.ts";
import type { Trainee } from "../../lib/serve.ts";

const [INPUTS, UNITS] = [8, 32];

export interface Question {
  readonly steps: number;
  /** What every weight from state to state is multiplied by. */
  readonly scale: number;
  /** Added to the LSTM's forget gate. */
  readonly forgetBias: number;
  readonly seed: number;
}

/** The norm of dL/dh at every step, the last one first, by cell. */
export interface Answer {
  readonly rnn: readonly number[];
  readonly gru: readonly number[];
  readonly lstm: readonly number[];
}

export type GradientWork = { settings: null; progress: null; question: Question; answer: Answer };

/** Nothing is trained here: the gradient of untrained cells is asked for. */
export function create(): Trainee<GradientWork> {
  return {
    answer({ steps, scale, forgetBias, seed }) {
      const norms = (cell: Contender): number[] => {
        const { weight_hh } = cell.parameters();
        weight_hh!.assign(weight_hh!.data.map((weight) => scale * weight));
        return gradientNorms(cell, { inputs: INPUTS, units: UNITS, seed, steps });
      };
      return {
        rnn: norms(new RNNCell(INPUTS, UNITS, { seed })),
        gru: norms(new GRUCell(INPUTS, UNITS, { seed })),
        lstm: norms(new LSTMCell(INPUTS, UNITS, { forgetBias, seed })),
      };
    },
  };
}
