import { type Case, dataOf, factorsOf, type NetworkCase } from "../workloads.ts";
import { productModel, sequenceModel, stepModel } from "./onnx-model.ts";
import {
  CHECKED_FRAMES,
  importPeer,
  isNetwork,
  notInstalled,
  type Peer,
  type Reason,
  type Step,
  swapOuter,
  versionOf,
} from "./peer.ts";

/*
 * ONNX Runtime, web (WebAssembly SIMD) and node (native), one thread each; inference only. Models are its own LSTM, GRU
 * and MatMul operators with constant weights, which it packs when the session is made. Feeds are made once, in its own
 * layout, [time, batch, ·]. `run` hands out a JavaScript copy of the output: there is no way around that.
 */

interface OrtTensor {
  readonly data: Float32Array;
}
type Feeds = Record<string, OrtTensor>;
interface Session {
  run(feeds: Feeds): Promise<Feeds>;
  release(): Promise<void>;
}
interface Ort {
  readonly Tensor: new (
    type: string,
    data: Float32Array | Int32Array,
    shape: readonly number[],
  ) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly env: { wasm: { numThreads: number }; logLevel: string };
}

const options = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
};

/** In Node the web runtime makes worker_threads' Worker a global, which others take for a browser's: taken back. */
async function createSession(ort: Ort, model: Uint8Array): Promise<Session> {
  const before = Object.getOwnPropertyDescriptor(globalThis, "Worker");
  const session = await ort.InferenceSession.create(model, options);
  if (before) Object.defineProperty(globalThis, "Worker", before);
  else Reflect.deleteProperty(globalThis, "Worker");
  return session;
}

async function sequenceStep(ort: Ort, wanted: NetworkCase): Promise<Step> {
  const data = dataOf(wanted);
  const { b, t, i, h } = wanted.network;
  const session = await createSession(ort, sequenceModel(wanted, data));
  const feeds: Feeds = { x: new ort.Tensor("float32", swapOuter(data.x.data, b, t, i), [t, b, i]) };
  const { lengths } = wanted;
  if (lengths) feeds.lengths = new ort.Tensor("int32", Int32Array.from(lengths), [b]);
  return {
    run: () => session.run(feeds),
    result: async () => ({ output: swapOuter((await session.run(feeds)).y!.data, t, b, h) }),
    dispose: () => void session.release(),
  };
}

/** The state goes out and in again as feeds. */
async function streamStep(ort: Ort, wanted: NetworkCase): Promise<Step> {
  const data = dataOf(wanted);
  const { h, i } = wanted.network;
  const session = await createSession(ort, stepModel(wanted, data));
  const frames = Array.from(
    data.x.data,
    (value) => new ort.Tensor("float32", Float32Array.of(value), [1, 1, i]),
  );
  const begin = () => {
    const zeros = new ort.Tensor("float32", new Float32Array(h), [1, 1, h]);
    let state = { h: zeros, c: zeros };
    let next = 0;
    return async (): Promise<number> => {
      const { y, nextH, nextC } = await session.run({ x: frames[next]!, ...state });
      state = { h: nextH!, c: nextC! };
      next = (next + 1) % frames.length;
      return y!.data[0]!;
    };
  };
  return {
    run: begin(),
    result: async () => {
      const step = begin();
      const outputs: number[] = [];
      for (let n = 0; n < CHECKED_FRAMES; n++) outputs.push(await step());
      return { outputs };
    },
    dispose: () => void session.release(),
  };
}

async function create(ort: Ort, wanted: Case): Promise<Step | Reason> {
  if (isNetwork(wanted)) {
    if (wanted.task === "forward") return sequenceStep(ort, wanted);
    if (wanted.task === "stream") return streamStep(ort, wanted);
    return { reason: "runs models, does not train them" };
  }
  const { a, b } = factorsOf(wanted);
  const session = await createSession(ort, productModel(wanted, b));
  const feeds = { x: new ort.Tensor("float32", a.data, a.shape) };
  return {
    run: () => session.run(feeds),
    result: async () => ({ output: (await session.run(feeds)).y!.data }),
    dispose: () => void session.release(),
  };
}

function runtime(name: string, specifier: string): Peer {
  let ort: Ort | undefined;
  let version = "";
  return {
    name,
    load: async () => {
      const found = await importPeer<Ort & { default?: Ort }>(specifier);
      if (!found) return { reason: notInstalled };
      ort = found.InferenceSession ? found : found.default!;
      ort.env.wasm.numThreads = 1;
      ort.env.logLevel = "error";
      version = await versionOf(specifier);
      return undefined;
    },
    version: () => `${specifier} ${version}`,
    create: (wanted) => create(ort!, wanted),
  };
}

export const ortWeb: Peer = runtime("ort-web", "onnxruntime-web");
export const ortNode: Peer = runtime("ort-node", "onnxruntime-node");
