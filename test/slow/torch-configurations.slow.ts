import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { GRU, LSTM, RNN, type Tensor, tensor, valueAndGrad } from "gatewise";
import { expect, test } from "vitest";
import { partsOf, stateOf, weightedSum } from "../cells/oracle.ts";
import type { AnyLayer } from "../cells/registry.ts";
import { expectClose } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { slice } from "./slice.ts";

interface Packed {
  readonly shape: readonly number[];
  /** float32, base64 */
  readonly data: string;
}

type PackedTensors = Readonly<Record<string, Packed>>;

interface Configuration {
  readonly kind: "RNN" | "LSTM" | "GRU";
  readonly input_size: number;
  readonly hidden_size: number;
  readonly options: {
    readonly num_layers: number;
    readonly bidirectional: boolean;
    readonly bias: boolean;
    readonly batch_first: boolean;
    readonly nonlinearity?: "tanh" | "relu";
    readonly proj_size?: number;
  };
  readonly lengths: readonly number[] | null;
  readonly leaves: PackedTensors;
  readonly upstream: PackedTensors;
  readonly results: PackedTensors;
  readonly gradients: PackedTensors;
}

const count = slice(200, 40);
const script = fileURLToPath(new URL("../../scripts/torch_configurations.py", import.meta.url));

function python(...args: string[]): string | undefined {
  try {
    return execFileSync("/usr/bin/python3", args, {
      encoding: "utf8",
      maxBuffer: 2 ** 30,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    if (args[0] === "-c") return undefined; // only asked whether torch is there
    throw error;
  }
}

const numbers = ({ data }: Packed): Float32Array => {
  const bytes = Uint8Array.from(Buffer.from(data, "base64"));
  return new Float32Array(bytes.buffer);
};
const unpack = (packed: Packed): Tensor => tensor(numbers(packed), packed.shape);

function makeLayer({ kind, input_size, hidden_size, options }: Configuration): AnyLayer {
  const { num_layers: numLayers, bidirectional, bias, batch_first } = options;
  const common = { numLayers, bidirectional, bias, timeMajor: !batch_first };
  if (kind === "GRU") return new GRU(input_size, hidden_size, common) as AnyLayer;
  if (kind === "RNN")
    return new RNN(input_size, hidden_size, {
      ...common,
      nonlinearity: options.nonlinearity!,
    }) as AnyLayer;
  const projected = options.proj_size ? { projSize: options.proj_size } : {};
  return new LSTM(input_size, hidden_size, { ...common, ...projected }) as AnyLayer;
}

const tolerance = { atol: 2e-5, rtol: 1e-4 };

function compare(configuration: Configuration, label: string): void {
  const { leaves, lengths, upstream, results, gradients: wanted } = configuration;
  const net = makeLayer(configuration);
  const targets: Record<string, Tensor> = { ...net.parameters() };
  for (const [name, packed] of Object.entries(leaves)) {
    const parameter = net.parameters()[name];
    if (parameter) parameter.assign(numbers(packed));
    else targets[name] = unpack(packed);
  }
  expect(Object.keys(targets).sort(), label).toEqual(Object.keys(leaves).sort());
  const state = targets.h && stateOf({ h: targets.h, ...(targets.c && { c: targets.c }) });
  const forward = (): Record<string, Tensor> => {
    const run = net.forward(targets.x!, state, lengths ? { lengths } : {});
    return { output: run.output, ...partsOf(run.state) };
  };
  for (const [name, t] of Object.entries(forward())) {
    expect(t.shape, `${label}: ${name}`).toEqual(results[name]!.shape);
    expectClose(t.data, numbers(results[name]!), tolerance, `${label}: ${name}`);
  }
  const up = Object.fromEntries(
    Object.entries(upstream).map(([name, packed]) => [name, Float64Array.from(numbers(packed))]),
  );
  const { gradients } = valueAndGrad(() => weightedSum(forward(), up), targets);
  for (const [name, packed] of Object.entries(wanted))
    expectClose(gradients[name]!.data, numbers(packed), tolerance, `${label}: d${name}`);
}

const hasTorch = python("-c", "import torch") !== undefined;

describeKernelSets(`${count} random configurations of torch.nn's RNN, LSTM and GRU`, (kernels) => {
  test("outputs, states and all gradients are torch's, within 2e-5 and a relative 1e-4", (context) => {
    if (!hasTorch) {
      console.info("torch configurations: skipped, /usr/bin/python3 has no torch");
      context.skip("/usr/bin/python3 has no torch (Debian: python3-torch)");
    }
    const lines = python(script, `${count}`, "20261121")!.trim().split("\n");
    expect(lines.length).toBe(count);
    lines.forEach((line, k) => {
      const configuration = JSON.parse(line) as Configuration;
      const { kind, input_size, hidden_size, options, lengths } = configuration;
      const sizes = `${input_size} -> ${hidden_size}, lengths ${lengths}`;
      compare(configuration, `${k}: ${kind} ${sizes} ${JSON.stringify(options)}`);
    });
    console.info(`torch configurations [${kernels}]: ${count} equal torch's`);
  });
});
