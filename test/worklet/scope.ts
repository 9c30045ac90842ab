import type { StreamReply } from "gatewise/worklet";
import type { Channels, ParameterValues } from "../../bindings/worklet/effect.ts";
import type { StreamProcessorClass } from "../../bindings/worklet/processor.ts";

/** What a processor says by its port, and how it is spoken to. */
class Port {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  readonly replies: StreamReply[] = [];
  postMessage(reply: StreamReply): void {
    this.replies.push(structuredClone(reply));
  }
}

/** Stands for the audio thread's base class of processors. */
export class AudioWorkletProcessor {
  readonly port = new Port();
}

/** A processor as a node of so many outputs channels has it, and the port of the page. */
export class Rig {
  readonly #processor: InstanceType<StreamProcessorClass>;
  readonly #port: Port;

  constructor(Processor: StreamProcessorClass, processorOptions: unknown) {
    this.#processor = new Processor({ processorOptions: structuredClone(processorOptions) });
    this.#port = (this.#processor as unknown as AudioWorkletProcessor).port;
  }

  /** What was said since it was last asked. */
  get replies(): StreamReply[] {
    return this.#port.replies.splice(0);
  }

  send(message: unknown): StreamReply[] {
    this.#port.onmessage!({ data: structuredClone(message) });
    return this.replies;
  }

  /** Lets it process one block into `channels` channels, which hold silence. */
  block(
    input: Channels,
    channels: number,
    parameters: ParameterValues = {},
    frames: number = input[0]?.length ?? 128,
  ): { output: Float32Array[]; goesOn: boolean } {
    const output = Array.from({ length: channels }, () => new Float32Array(frames));
    return { output, goesOn: this.process([input], [output], parameters) };
  }

  /** The call itself, as the audio thread makes it. */
  process(
    inputs: readonly Channels[],
    outputs: readonly Channels[],
    parameters: ParameterValues = {},
  ): boolean {
    return this.#processor.process(inputs, outputs, parameters);
  }
}
