import { expect, test } from "vitest";
import { expected, losses, sound } from "./expected.ts";
import { consumer, printing, result, run } from "./support/folder.ts";

test("ES modules in Node", async () => {
  const folder = consumer(["work.js"], printing("work.js", "work"));
  expect(await result(folder, ["main.js"])).toEqual(expected.wasm);
});

test("training that is waited for in Node", async () => {
  const main = `import { train } from "./training.js";\n\nconsole.log(JSON.stringify(await train({ epochs: 3 })));\n`;
  expect(await result(consumer(["training.js"], main), ["main.js"])).toEqual(losses);
});

test("a stream in Node, which the audio thread is compared with", async () => {
  const folder = consumer(["sound.js", "work.js"], printing("sound.js", "step"));
  expect(await result(folder, ["main.js"])).toBe(sound);
});

test("require() in Node gives the same module as import", async () => {
  const folder = consumer(["required.cjs", "work.js"]);
  expect(await result(folder, ["required.cjs"])).toEqual({ same: true, ...expected });
});

const unconfigured = () => consumer(["unconfigured.js"], printing("unconfigured.js", "attempt"));
const fallenBack = () =>
  consumer(["fallback.js", "fallen-back.js", "work.js"], printing("fallen-back.js", "work"));

test("Node as it comes: the kernels compile, and nothing falls back", async () => {
  expect(await result(unconfigured(), ["main.js"])).toBe("it compiles");
  expect(await result(fallenBack(), ["main.js"])).toEqual(expected.wasm);
});

// V8's switches; the first takes away instructions of x64 that SIMD needs, other machines have no such switch.
test.for([
  { name: "SIMD", flag: "--no-enable-sse4-1", there: process.arch === "x64" },
  { name: "WebAssembly", flag: "--no-expose-wasm", there: true },
])("Node without $name: a clear error, and gatewise/js", async ({ flag, there }, { skip }) => {
  skip(!there, `no ${flag} on ${process.arch}`);
  const message =
    /^gatewise: this engine cannot compile WebAssembly SIMD; import \{ jsKernels \} from "gatewise\/js"/;
  expect(await result(unconfigured(), [flag, "main.js"])).toMatch(message);
  const { stdout, stderr, code } = await run(fallenBack(), [flag, "main.js"]);
  expect({ code, output: JSON.parse(stdout) }).toEqual({ code: 0, output: expected.js });
  expect(stderr).toMatch(message);
});

test("the single file is a library of its own: it refuses the tensors of the modules", async () => {
  const main = `import { LSTM } from "./node_modules/gatewise/dist/gatewise.min.js";
import { randn } from "gatewise";

try {
  new LSTM(2, 3).forward(randn([1, 5, 2]));
} catch (error) {
  console.log(JSON.stringify(error.message));
}
`;
  expect(await result(consumer([], main), ["main.js"])).toMatch(/LSTM\.forward: .* to be a tensor/);
});
