import { Adam, dynamicRNN, GRUCell, Linear, LSTMCell, mse, type Tensor, tensor } from "gatewise";
import { type Inside, insideGRU, insideLSTM } from "../../../../support/gates.ts";
import { initializeAsKeras } from "../../../../support/keras.ts";
import type { Trainee } from "../../lib/serve.ts";
import { pulses, STEPS, type Task, target } from "./signal.ts";

const BATCH = 32;
/** Training pauses after so many steps. */
const ROUND = 800;

export interface Settings {
  readonly task: Task;
  readonly units: number;
  /** What the cells are looked into with, [STEPS]. */
  readonly signal: readonly number[];
}

/** What one network made of the signal. */
export interface Seen {
  readonly trained: boolean;
  /** [STEPS] */
  readonly output: Float32Array;
  readonly inside: Inside;
}

export interface Progress {
  /** What was to be put out, [STEPS]. */
  readonly target: Float32Array;
  readonly lstm: Seen;
  readonly gru: Seen;
}

export type GatesWork = { settings: Settings; progress: Progress; question: never; answer: never };

/** A cell of either kind with a linear layer, its training step and a look inside. */
function network(cell: LSTMCell | GRUCell, units: number) {
  const head = new Linear(units, 1);
  initializeAsKeras([cell, head], 1);
  const optimizer = new Adam({ learningRate: 0.01, clipNorm: 1 });
  let trained = false;
  const run = (x: Tensor): Tensor => {
    const { outputs } = cell instanceof LSTMCell ? dynamicRNN(cell, x) : dynamicRNN(cell, x);
    return head.forward(outputs);
  };
  return {
    train(x: Tensor, wanted: Tensor): void {
      trained = true;
      optimizer.minimize(() => mse(run(x), wanted));
    },
    look(signal: readonly number[]): Seen {
      const inside = cell instanceof LSTMCell ? insideLSTM(cell, signal) : insideGRU(cell, signal);
      return { trained, output: run(tensor([...signal], [1, STEPS, 1])).data.slice(), inside };
    },
  };
}

/** An LSTM and a GRU that learn the same task from the same signals. */
export function create({ task, units, signal }: Settings): Trainee<GatesWork> {
  const lstm = network(new LSTMCell(1, units), units);
  const gru = network(new GRUCell(1, units), units);
  let shown = signal;
  let step = 0;
  return {
    step() {
      const batch = Array.from({ length: BATCH }, (_, row) => pulses(1000 + BATCH * step + row));
      const shape = [BATCH, STEPS, 1];
      const x = tensor(batch.flat(), shape);
      const wanted = tensor(
        batch.flatMap((row) => [...target(task, row)]),
        shape,
      );
      lstm.train(x, wanted);
      gru.train(x, wanted);
      step++;
    },
    progress: () => ({
      target: target(task, shown),
      lstm: lstm.look(shown),
      gru: gru.look(shown),
    }),
    done: () => step % ROUND === 0,
    adjust(settings) {
      shown = settings.signal;
    },
  };
}
