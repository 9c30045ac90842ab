import { mistakesIn } from "./write.mjs";

const processorTests = ["test/worklet/processor.test.ts"];
const effect = mistakesIn("worklet, effect", "bindings/worklet/effect.ts", processorTests);
const processor = mistakesIn("worklet, processor", "bindings/worklet/processor.ts", processorTests);
const node = mistakesIn("worklet, node", "bindings/audio/stream-node.ts", [
  "test/audio/stream-node.test.ts",
]);
const model = mistakesIn("stream model", "bindings/nn/stream-model.ts", [
  "test/nn/stream-model.test.ts",
]);
const manifest = mistakesIn("worklet, package", "package.json", ["test/worklet/file.node.test.ts"]);

export const workletMistakes = [
  effect("channels share a state", [
    "const stream = this.#streams[channel]!;",
    "const stream = this.#streams[0]!;",
  ]),
  effect("a missing channel is the first one", [
    "Math.min(channel, input.length - 1)",
    "channel < input.length ? channel : 0",
  ]),
  effect("one channel goes into the first only", [
    "input[Math.min(channel, input.length - 1)]",
    "input[channel]",
  ]),
  effect("signal not added", ["frame[0]! + out[0]! : out[0]!", "out[0]! : out[0]!"]),
  effect("always added", ["this.#residual ? frame", "true ? frame"]),
  effect("conditions one place on", ["conditionNames[k - 1]!", "conditionNames[k]!"]),
  effect("a condition's first value for the block", [
    "condition.length === 1 ? condition[0]! : condition[i]!",
    "condition[0]!",
  ]),
  effect("NaN let in", ["Number.isFinite(sample) ? sample : 0", "sample"]),
  effect("infinities let out", ["to.fill(0);\n", ""]),
  effect("state kept after infinities", ["      stream.reset();\n    }", "    }"]),
  effect("reset of the first channel only", [
    "for (const stream of this.#streams) stream.reset();",
    "this.#streams[0]!.reset();",
  ]),
  effect("an embedding let in", ['.kind === "embedding"', '.kind === ("none" as never)']),
  effect("two features out let in", ["outputSize !== 1", "outputSize < 1"]),
  effect("blocks of 128 only", ["i < to.length", "i < Math.min(to.length, 128)"]),
  processor("the model before is gone where the next is wrong", [
    'if (type === "model") this.#replace(new',
    'this.#replace(undefined);\n      if (type === "model") this.#replace(new',
  ]),
  processor("silence without a model", ["if (from) to.set(from);", ""]),
  processor("bypass cannot be undone", ["this.#bypassed = on;", "this.#bypassed = true;"]),
  processor("told at every block", ["      if (this.#told) return;\n", ""]),
  processor("lives on after its end", ["return !this.#stopped;", "return true;"]),
  processor("ends where nothing is connected", [
    "return !this.#stopped;",
    "return !this.#stopped && input.length > 0;",
  ]),
  processor("answers without a number", [
    "this.port.postMessage({ id });",
    "this.port.postMessage({});",
  ]),
  processor("a node without inputs", ["inputs[0] ?? nothing", "inputs[0]!"]),
  processor("a node without outputs", ["outputs[0] ?? nothing", "outputs[0]!"]),
  node("stopped twice", ["stopped ??= end();", "stopped = end();"]),
  node("asked after its end", ["if (this.#closed) throw ended();", ""]),
  node("left open at its end", ["reject(ended());", "void reject;"]),
  node("waits for a closed context", ['if (context.state !== "closed") await', "await"]),
  node("module added again and again", ["  if (before) return before;\n", ""]),
  node("module not tried again", ["    added.delete(context);\n", ""]),
  node("what is wrong is taken for done", [
    "if (error === undefined) request",
    "if (true) request",
  ]),
  node("residual forgotten in a swap", ["{ residual: added = residual }", "{ residual: added }"]),
  node("channels of the graph as they come", ['channelCountMode: "explicit",', ""]),
  node("conditions begin at 0", ["initial[i]!", "0 * initial[i]!"]),
  node("swap to a model with other conditions", ["given !== count", "false"]),
  model("forget bias left out", [
    'if (kind === "lstm") return { kind, forgetBias };',
    'if (kind === "lstm") return { kind, forgetBias: 0 * forgetBias };',
  ]),
  model("reset always after", ["resetAfter: variant === 0", "resetAfter: true"]),
  model("always tanh", ["nonlinearities[variant]!", "nonlinearities[0 * variant]!"]),
  model("both biases or none", ['recurrentBias: "bias_hh" in weights, ', ""]),
  model("weights not restored", ["    parameter.assign(values);\n", ""]),
  manifest("dropped by bundlers", ['"./dist/worklet/index.js"\n  ],', '"./dist/worklet.js"\n  ],']),
];
