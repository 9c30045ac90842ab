import {
  Adam,
  crossEntropy,
  GRU,
  Linear,
  LSTM,
  matmul,
  mse,
  type Parameters,
  parameter,
  RNN,
  randn,
  randomInts,
  scope,
  sum,
  type Tensor,
  valueAndGrad,
} from "gatewise";

/** What is timed. `create` builds the models under the kernels that are in use then and returns the step. */
export interface Workload {
  readonly id: string;
  readonly name: string;
  /** Floating-point operations of its products; undefined where products are not what takes the time. */
  readonly operations?: number;
  readonly create: () => () => unknown;
}

interface Sizes {
  readonly b: number;
  readonly t: number;
  readonly i: number;
  readonly h: number;
}

const layers = {
  RNN: { layer: RNN, gates: 1 },
  LSTM: { layer: LSTM, gates: 4 },
  GRU: { layer: GRU, gates: 3 },
};
type LayerName = keyof typeof layers;

/** Operations of one layer: x and h times the weights forward; dW, dR and dh backward (the input is data: no dx). */
function operationsOf(name: LayerName, { b, t, i, h }: Sizes, backward: boolean): number {
  const gate = 2 * b * t * layers[name].gates * h;
  return gate * (i + h) + (backward ? gate * (i + h) + gate * h : 0);
}

function recurrent(id: string, name: LayerName, sizes: Sizes, backward: boolean): Workload {
  const { b, t, i, h } = sizes;
  return {
    id,
    name: `${name} (${b}, ${t}, ${i}, ${h}) forward${backward ? " + backward" : ""}`,
    operations: operationsOf(name, sizes, backward),
    create: () => {
      const layer = new layers[name].layer(i, h, { seed: 1 }) as {
        forward(x: Tensor): { output: Tensor };
        parameters(): Parameters;
      };
      const x = randn([b, t, i], { seed: 2 });
      const parameters = layer.parameters();
      return backward
        ? () => valueAndGrad(() => sum(layer.forward(x).output), parameters).value
        : () => scope(() => void layer.forward(x));
    },
  };
}

/** One training step of the sine regressor, LSTM of 20 units. */
const sine: Workload = {
  id: "sine",
  name: "sine regressor step: LSTM (50, 20, 1, 20) + Linear(1) + MSE + Adam",
  create: () => {
    const lstm = new LSTM(1, 20, { seed: 1 });
    const head = new Linear(20, 1, { seed: 2 });
    const optimizer = new Adam({ learningRate: 6e-3 });
    const x = randn([50, 20, 1], { seed: 3 });
    const y = randn([50, 20, 1], { seed: 4 });
    return () => optimizer.minimize(() => mse(head.forward(lstm.forward(x).output), y));
  },
};

/** One training step of the digit classifier, vanilla RNN of 50 units. */
const digits: Workload = {
  id: "digits",
  name: "digit classifier step: RNN (50, 28, 28, 50) + Linear(10) + cross-entropy + Adam",
  create: () => {
    const rnn = new RNN(28, 50, { seed: 1 });
    const head = new Linear(50, 10, { seed: 2 });
    const optimizer = new Adam({ learningRate: 1e-3 });
    const x = randn([50, 28, 28], { seed: 3 });
    const classes = randomInts([50], 0, 10, { seed: 4 });
    return () =>
      optimizer.minimize(() =>
        crossEntropy(head.forward(rnn.forward(x).state.reshape([50, 50])), classes),
      );
  },
};

const product: Workload = {
  id: "matmul",
  name: "matmul 512 x 512 x 512",
  operations: 2 * 512 ** 3,
  create: () => {
    const a = parameter(randn([512, 512], { seed: 1 })); // belongs to the kernels in use now
    const b = randn([512, 512], { seed: 2 });
    return () => scope(() => void matmul(a, b));
  },
};

export const workloads: readonly Workload[] = [
  recurrent("lstm-1", "LSTM", { b: 1, t: 100, i: 64, h: 128 }, false),
  recurrent("lstm", "LSTM", { b: 32, t: 50, i: 128, h: 256 }, false),
  recurrent("lstm-train", "LSTM", { b: 32, t: 50, i: 128, h: 256 }, true),
  recurrent("gru-train", "GRU", { b: 32, t: 50, i: 128, h: 256 }, true),
  digits,
  sine,
  product,
];

export { sine };
