import {
  add,
  type GRUCell,
  type LSTMCell,
  linear,
  mul,
  scope,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
  tensor,
  zeros,
} from "gatewise";

/** What goes on in a cell while a sequence passes: by name [steps · units], a row a step. */
export type Inside = Readonly<Record<string, Float32Array>>;

/** Puts the tensors [1, units] of every step one after the other, by name. */
function gather(steps: readonly Readonly<Record<string, Tensor>>[]): Inside {
  const names = Object.keys(steps[0] ?? {});
  const all = (name: string): Float32Array =>
    Float32Array.from(steps.flatMap((step) => [...step[name]!.data]));
  return Object.fromEntries(names.map((name) => [name, all(name)]));
}

/** Input, forget and output gate, candidate, c and h of an LSTM cell of one input: its equations, as LSTMCell states them. */
export function insideLSTM(cell: LSTMCell, signal: ArrayLike<number>): Inside {
  const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.parameters();
  const units = cell.outputSize;
  return scope(() => {
    let h: Tensor = zeros([1, units]);
    let c: Tensor = zeros([1, units]);
    const steps = Array.from(signal, (value) => {
      const x = tensor([value], [1, 1]);
      const sums = add(linear(x, weight_ih!, bias_ih), linear(h, weight_hh!, bias_hh));
      const gate = (k: number): Tensor => slice(sums, [0, k * units], [1, units]);
      const [i, f, g, o] = [sigmoid(gate(0)), sigmoid(gate(1)), tanh(gate(2)), sigmoid(gate(3))];
      c = add(mul(f, c), mul(i, g));
      h = mul(o, tanh(c));
      return { i, f, g, o, c, h };
    });
    return gather(steps);
  });
}

/** Reset and update gate, candidate and h of a GRU cell of one input: its equations, as GRUCell states them. */
export function insideGRU(cell: GRUCell, signal: ArrayLike<number>): Inside {
  const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.parameters();
  const units = cell.outputSize;
  return scope(() => {
    let h: Tensor = zeros([1, units]);
    const steps = Array.from(signal, (value) => {
      const fromX = linear(tensor([value], [1, 1]), weight_ih!, bias_ih);
      const fromH = linear(h, weight_hh!, bias_hh);
      const part = (sums: Tensor, k: number): Tensor => slice(sums, [0, k * units], [1, units]);
      const r = sigmoid(add(part(fromX, 0), part(fromH, 0)));
      const z = sigmoid(add(part(fromX, 1), part(fromH, 1)));
      const n = tanh(add(part(fromX, 2), mul(r, part(fromH, 2))));
      h = add(mul(sub(1, z), n), mul(z, h));
      return { r, z, n, h };
    });
    return gather(steps);
  });
}
