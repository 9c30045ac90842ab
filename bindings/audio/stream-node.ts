import {
  checkFlag,
  checkNumber,
  checkOptions,
  checkSize,
  kindError,
  valueError,
} from "../core/check.ts";
import { type StreamModel, streamFormat } from "../nn/stream-format.ts";
import {
  checkChannels,
  conditionNames,
  processorName,
  type StreamMessage,
  type StreamReply,
  type StreamSetup,
} from "./protocol.ts";

/** What a node can be given besides its model. */
export interface StreamNodeOptions extends Omit<StreamSetup, "model"> {
  /**
   * Where the file of `gatewise/worklet` is: `new URL("gatewise/worklet", import.meta.url)` where a bundler finds packages
   * by that, Vite's `import url from "gatewise/worklet?url"`, or wherever a copy of it lies. A context loads the file once, from
   * the first URL that it is given.
   */
  readonly url: string | URL;
  /** What the conditions are at first. Default: all 0. */
  readonly conditions?: readonly number[] | undefined;
  /** Called with the first error in the signal after each request. Default: console.error. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/**
 * A model in an audio graph. What its functions return is resolved once the audio thread has done it. After `stop`, or once the
 * context is closed, they reject with an Error, but for `stop` itself.
 */
export interface StreamNode {
  /** The node to connect. */
  readonly node: AudioWorkletNode;
  /** The model's inputs beside the signal, in order, to be set and automated. */
  readonly conditions: readonly AudioParam[];
  /**
   * Resolved once the model is at work, rejected with an Error that says what is wrong with it: the signal goes through as it
   * came then. Of an OfflineAudioContext it may not be settled before rendering starts.
   */
  readonly ready: Promise<void>;
  /** Puts another model with as many conditions in its place, with a state of zeros. Rejects where it is wrong: the one before goes on then. */
  swap(model: StreamModel, options?: Pick<StreamSetup, "residual">): Promise<void>;
  /** Back to a state of zeros. */
  reset(): Promise<void>;
  /** Lets the signal through as it comes, or no longer. */
  bypass(on: boolean): Promise<void>;
  /** Ends it: the node is disconnected and can be collected. Once more is no error. */
  stop(): Promise<void>;
}

const where = "streamNode";

const optionNames = ["url", "residual", "channels", "conditions", "onError"] as const;

/** The contexts that have the processor, or will. */
const added = /* @__PURE__ */ new WeakMap<BaseAudioContext, Promise<void>>();

/** Adds the module, once a context. One that could not be had may be tried again. */
function addModule(context: BaseAudioContext, url: string | URL): Promise<void> {
  const before = added.get(context);
  if (before) return before;
  if (!context.audioWorklet)
    throw new Error(
      `${where}: expected a context with an audioWorklet (pages have it by https or from localhost), got one without`,
    );
  const adding = context.audioWorklet.addModule(url).catch((cause: unknown) => {
    added.delete(context);
    throw new Error(`${where}: expected the file of gatewise/worklet at ${url}, got ${cause}`, {
      cause,
    });
  });
  added.set(context, adding);
  return adding;
}

/** How many values beside the signal a model takes. The audio thread checks the rest of it. */
function countConditions(where: string, model: StreamModel): number {
  const { format, layers } = (model ?? {}) as Partial<StreamModel>;
  if (format !== streamFormat || !Array.isArray(layers))
    throw kindError(where, "what describeStream returned", model);
  const features = checkSize(where, "inputSize of the model", layers[0]?.inputSize);
  if (features > 1 + conditionNames.length)
    throw valueError(where, `a model with at most ${1 + conditionNames.length} features`, features);
  return features - 1;
}

/** Requests to a processor, and the promises that its answers settle. */
class Requests {
  readonly #port: MessagePort;
  readonly #open = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  /** Settled by what the processor says of its construction. */
  readonly first: Promise<void>;
  #count = 0;
  #closed = false;

  constructor(port: MessagePort, onError: (error: Error) => void) {
    this.#port = port;
    this.first = this.#await();
    port.onmessage = ({ data }: MessageEvent<StreamReply>) => {
      const { id, error } = data;
      const request = this.#open.get(id ?? -1);
      this.#open.delete(id ?? -1);
      if (error === undefined) request?.resolve();
      else (request?.reject ?? onError)(new Error(error));
    };
  }

  #await(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#open.set(this.#count, { resolve, reject });
      this.#count++;
    });
  }

  /** Resolved by the answer; rejected where none can come any more. */
  async send(message: StreamMessage): Promise<void> {
    if (this.#closed) throw ended();
    const id = this.#count;
    this.#port.postMessage({ ...message, id });
    await this.#await();
  }

  /** No request from now on. Those without an answer are rejected. */
  close(): void {
    this.#closed = true;
    this.#port.close();
    this.first.catch(() => {}); // who did not wait for it need not hear of it
    for (const { reject } of this.#open.values()) reject(ended());
    this.#open.clear();
  }
}

const ended = (): Error =>
  new Error(
    `${where}: expected a node at work, got one that was stopped or whose context is closed`,
  );

function checkUrl(url: unknown): void {
  if (typeof url !== "string" && !(url instanceof URL))
    throw kindError(where, "url to be where the file of gatewise/worklet is", url);
}

function checkConditions(values: unknown, count: number): readonly number[] {
  if (!Array.isArray(values)) throw kindError(where, "conditions to be an array", values);
  if (values.length !== count)
    throw valueError(where, `${count} conditions, as the model has`, values.length);
  return values.map((value, i) => checkNumber(where, `conditions[${i}]`, value));
}

/**
 * A node that runs a model (what `describeStream` returned) on sound, on the audio thread: the module of `gatewise/worklet` is
 * added to the context where it is not there yet. Rejects with a TypeError or RangeError for wrong options, with an Error
 * where there is no AudioWorklet or the module cannot be had; what is wrong with the model itself `ready` says.
 */
export async function streamNode(
  context: BaseAudioContext,
  model: StreamModel,
  options: StreamNodeOptions,
): Promise<StreamNode> {
  const checked = checkOptions(where, options, optionNames);
  const { url, residual, onError = console.error } = checked;
  if (typeof context !== "object" || context === null)
    throw kindError(where, "an AudioContext", context);
  checkUrl(url);
  const channels = checkChannels(where, checked.channels);
  checkFlag(where, "residual", residual);
  const count = countConditions(where, model);
  const initial = checkConditions(checked.conditions ?? Array(count).fill(0), count);
  if (typeof onError !== "function") throw kindError(where, "onError to be a function", onError);
  await addModule(context, url);
  const names = conditionNames.slice(0, count);
  const node = new AudioWorkletNode(context, processorName, {
    channelCount: channels,
    channelCountMode: "explicit",
    outputChannelCount: [channels],
    parameterData: Object.fromEntries(names.map((name, i) => [name, initial[i]!])),
    processorOptions: { model, residual, channels } satisfies StreamSetup,
  });
  const requests = new Requests(node.port, onError);
  /** A closed context's thread answers no more. */
  const send = (message: StreamMessage): Promise<void> => {
    if (context.state === "closed") requests.close();
    return requests.send(message);
  };
  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    node.disconnect();
    if (context.state !== "closed") await requests.send({ type: "stop" });
    requests.close();
  };
  return {
    node,
    conditions: names.map((name) => node.parameters.get(name)!),
    ready: requests.first,
    async swap(next, options) {
      const where = "streamNode.swap";
      const { residual: added = residual } = checkOptions(where, options, ["residual"]);
      checkFlag(where, "residual", added);
      const given = countConditions(where, next);
      if (given !== count) throw valueError(where, `a model with ${count} conditions`, given);
      await send({ type: "model", model: next, residual: added, channels });
    },
    reset: () => send({ type: "reset" }),
    bypass: (on) => send({ type: "bypass", on }),
    stop() {
      stopped ??= end();
      return stopped;
    },
  };
}
