import {
  type CellName,
  gatesOf,
  type Network,
  type NetworkCase,
  type NetworkData,
  type ProductCase,
  type Values,
} from "../workloads.ts";
import { reorderGates, transposed } from "./peer.ts";

/** Writes ONNX models: the few protocol-buffer messages of onnx.proto3 that a recurrent network needs. */

type Bytes = Uint8Array;

function varint(n: number): Bytes {
  const bytes: number[] = [];
  let rest = n;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

const whole = (field: number, n: number): Bytes => Buffer.concat([varint(field * 8), varint(n)]);
const message = (field: number, ...parts: Bytes[]): Bytes => {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};
const text = (field: number, value: string): Bytes => message(field, Buffer.from(value));

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;

/** AttributeProto: an integer or a string. */
function attribute(name: string, value: number | string): Bytes {
  const typed =
    typeof value === "number" ? [whole(3, value), whole(20, 2)] : [text(4, value), whole(20, 3)];
  return message(5, text(1, name), ...typed);
}

/** NodeProto; an input that is left out is "". */
function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number | string>> = {},
): Bytes {
  return message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  );
}

/** TensorProto with raw data. */
function initializer(
  name: string,
  shape: readonly number[],
  data: Float32Array | BigInt64Array,
): Bytes {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = data instanceof Float32Array ? FLOAT : INT64;
  const dims = shape.map((n) => whole(1, n));
  return message(5, ...dims, whole(2, type), text(8, name), message(9, raw));
}

/** ValueInfoProto; sizes of outputs may be left for the runtime to find. */
function value(field: number, name: string, type: number, shape?: readonly number[]): Bytes {
  const dims = shape && message(2, ...shape.map((n) => message(1, whole(1, n))));
  return message(
    field,
    text(1, name),
    message(2, message(1, whole(1, type), ...(dims ? [dims] : []))),
  );
}

interface Graph {
  readonly nodes: Bytes[];
  readonly initializers: Bytes[];
  readonly inputs: Bytes[];
  readonly outputs: readonly string[];
}

/** ModelProto, operators of version 14. */
function model({ nodes, initializers, inputs, outputs }: Graph): Bytes {
  const results = outputs.map((name) => value(12, name, FLOAT));
  const graph = message(7, ...nodes, text(2, "g"), ...initializers, ...inputs, ...results);
  return Buffer.concat([whole(1, 8), graph, message(8, whole(2, 14))]);
}

/** ONNX has the gates of an LSTM as i, o, f, c and of a GRU as z, r, n; torch i, f, g, o and r, z, n. */
const order: Readonly<Record<CellName, readonly number[]>> = {
  RNN: [0],
  GRU: [1, 0, 2],
  LSTM: [0, 3, 1, 2],
};

function layer(
  { cell, i, h }: Network,
  l: number,
  weights: NetworkData["weights"],
  names: { x: string; y: string; lengths: string; state: string[]; last: string[] },
): { node: Bytes; initializers: Bytes[] } {
  const rows = gatesOf[cell] * h;
  const gates = (name: string): Float32Array =>
    reorderGates(weights[`${name}_l${l}`]!.data, order[cell]);
  const bias = Float32Array.of(...gates("bias_ih"), ...gates("bias_hh"));
  const inputs = [names.x, `W${l}`, `R${l}`, `B${l}`, names.lengths, ...names.state];
  const after = cell === "GRU" ? { linear_before_reset: 1 } : {};
  return {
    node: node(cell, inputs, [names.y, ...names.last], { hidden_size: h, ...after }),
    initializers: [
      initializer(`W${l}`, [1, rows, l === 0 ? i : h], gates("weight_ih")),
      initializer(`R${l}`, [1, rows, h], gates("weight_hh")),
      initializer(`B${l}`, [1, 2 * rows], bias),
    ],
  };
}

/** x [T, B, I] → y [T, B, H]; with lengths, those as input `lengths`. */
export function sequenceModel(wanted: NetworkCase, { weights }: NetworkData): Bytes {
  const { network } = wanted;
  const { b, t, i, layers } = network;
  const nodes: Bytes[] = [];
  const initializers = [initializer("axis", [1], BigInt64Array.of(1n))];
  const lengths = wanted.lengths ? "lengths" : "";
  for (let l = 0; l < layers; l++) {
    const x = l === 0 ? "x" : `y${l - 1}`;
    const made = layer(network, l, weights, { x, y: `Y${l}`, lengths, state: [], last: [] });
    // Y is [T, directions, B, H]
    const y = l === layers - 1 ? "y" : `y${l}`;
    nodes.push(made.node, node("Squeeze", [`Y${l}`, "axis"], [y]));
    initializers.push(...made.initializers);
  }
  const inputs = [value(11, "x", FLOAT, [t, b, i])];
  if (lengths) inputs.push(value(11, "lengths", INT32, [b]));
  return model({ nodes, initializers, inputs, outputs: ["y"] });
}

/** x [1, 1, I], h and c [1, 1, H] → y [1, head], the next h and c. */
export function stepModel({ network }: NetworkCase, { weights }: NetworkData): Bytes {
  const { i, h, head } = network;
  const names = { x: "x", y: "", lengths: "", state: ["h", "c"], last: ["nextH", "nextC"] };
  const made = layer(network, 0, weights, names);
  const flipped = transposed(weights["head.weight"]!.data, head!.size, h);
  const state = [1, 1, h];
  return model({
    nodes: [
      made.node,
      node("Squeeze", ["nextH", "axis"], ["features"]),
      node("Gemm", ["features", "V", "v"], ["y"]),
    ],
    initializers: [
      ...made.initializers,
      initializer("axis", [1], BigInt64Array.of(1n)),
      initializer("V", [h, head!.size], flipped),
      initializer("v", [head!.size], weights["head.bias"]!.data),
    ],
    inputs: [
      value(11, "x", FLOAT, [1, 1, i]),
      value(11, "h", FLOAT, state),
      value(11, "c", FLOAT, state),
    ],
    outputs: ["y", "nextH", "nextC"],
  });
}

/** x [m, k] → x b, b a constant. */
export function productModel({ m, k, n }: ProductCase, b: Values): Bytes {
  return model({
    nodes: [node("MatMul", ["x", "b"], ["y"])],
    initializers: [initializer("b", [k, n], b.data)],
    inputs: [value(11, "x", FLOAT, [m, k])],
    outputs: ["y"],
  });
}
