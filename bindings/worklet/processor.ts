import {
  conditionNames,
  type StreamReply,
  type StreamRequest,
  type StreamSetup,
} from "../audio/protocol.ts";
import { checkChoice, kindError } from "../core/check.ts";
import { type Channels, type ParameterValues, StreamEffect, sourceOf } from "./effect.ts";

/** Of a MessagePort, what a processor needs. */
interface Port {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(reply: StreamReply): void;
}

/** What a node's options are to its processor. */
interface NodeOptions {
  readonly processorOptions?: unknown;
}

/** Web Audio's AudioWorkletProcessor, which TypeScript's libraries do not declare. */
type ProcessorBase = new () => { readonly port: Port };

/** What the page's nodes are run by: https://webaudio.github.io/web-audio-api/#audioworkletprocess-callback-parameters. */
export interface StreamProcessor {
  process(
    inputs: readonly Channels[],
    outputs: readonly Channels[],
    parameters: ParameterValues,
  ): boolean;
}

/** A class of processors, to be registered. */
export interface StreamProcessorClass {
  new (options: NodeOptions): StreamProcessor;
  readonly parameterDescriptors: readonly {
    readonly name: string;
    readonly defaultValue: number;
  }[];
}

const where = "gatewise-stream";

// What is told of a block: constants, so that saying it again and again allocates nothing.
const tooManyChannels = `${where}: expected as many channels as the setup says, got more`;
const notFinite = `${where}: expected finite numbers from the model, got NaN or infinity`;

/** What a node without inputs or outputs has of them. */
const nothing: Channels = [];

/**
 * The processor `gatewise-stream`, on the base class that the audio thread has. It runs a model on its input, sample by sample,
 * and never throws while it does: what is wrong is told by its port, and the signal goes through as it came.
 */
export function streamProcessor(Base: ProcessorBase): StreamProcessorClass {
  return class extends Base implements StreamProcessor {
    static readonly parameterDescriptors = conditionNames.map((name) => ({
      name,
      defaultValue: 0,
    }));

    #effect: StreamEffect | undefined;
    #bypassed = false;
    #stopped = false;
    /** Whether something was wrong with the signal since the last request: told once, not block by block. */
    #told = false;

    constructor({ processorOptions }: NodeOptions) {
      super();
      this.port.onmessage = ({ data }) => this.#answer(data as StreamRequest);
      this.#answer({ ...(processorOptions as StreamSetup), type: "model", id: 0 });
    }

    #answer(request: StreamRequest): void {
      const id = request?.id;
      try {
        this.#obey(request);
        this.#told = false;
        this.port.postMessage({ id });
      } catch (error) {
        this.port.postMessage({ id, error: (error as Error).message });
      }
    }

    #obey(request: StreamRequest): void {
      if (typeof request !== "object" || request === null)
        throw kindError(where, "a message with a type", request);
      const { id: _, type, ...rest } = request;
      checkChoice(where, "type of a message", type, ["model", "reset", "bypass", "stop"]);
      if (type === "model") this.#replace(new StreamEffect(where, rest as never));
      if (type === "reset") this.#effect?.reset();
      if (type === "bypass") this.#bypass((rest as { on?: unknown }).on);
      if (type === "stop") {
        this.#replace(undefined);
        this.#stopped = true;
      }
    }

    #replace(effect: StreamEffect | undefined): void {
      this.#effect?.dispose();
      this.#effect = effect;
    }

    #bypass(on: unknown): void {
      if (typeof on !== "boolean") throw kindError(where, "on to be true or false", on);
      this.#bypassed = on;
    }

    process(
      inputs: readonly Channels[],
      outputs: readonly Channels[],
      parameters: ParameterValues,
    ): boolean {
      const input = inputs[0] ?? nothing;
      const output = outputs[0] ?? nothing;
      for (let c = 0; c < output.length; c++) {
        const from = sourceOf(input, c);
        try {
          this.#run(c, from, output[c]!, parameters);
        } catch (error) {
          this.#tell((error as Error).message);
          this.#pass(from, output[c]!);
        }
      }
      return !this.#stopped; // a model may sound on after its input has ended
    }

    #run(
      channel: number,
      from: Float32Array | undefined,
      to: Float32Array,
      parameters: ParameterValues,
    ): void {
      const effect = this.#effect;
      if (!effect || this.#bypassed) {
        this.#pass(from, to);
        return;
      }
      if (channel >= effect.channels) {
        this.#tell(tooManyChannels);
        this.#pass(from, to);
      } else if (!effect.process(channel, from, to, parameters)) this.#tell(notFinite);
    }

    #pass(from: Float32Array | undefined, to: Float32Array): void {
      if (from) to.set(from);
    }

    #tell(error: string): void {
      if (this.#told) return;
      this.#told = true;
      this.port.postMessage({ error });
    }
  };
}
