// gatewise/worklet: runs on the audio thread. One file with everything in it, whose URL `audioWorklet.addModule` is given;
// it registers the processor "gatewise-stream" and exports nothing. Elsewhere it does nothing.
import { processorName } from "../audio/protocol.ts";
import { streamProcessor } from "./processor.ts";

export type { StreamMessage, StreamReply, StreamRequest, StreamSetup } from "../audio/protocol.ts";

/** What the global scope of the audio thread has. */
interface AudioScope {
  readonly AudioWorkletProcessor: Parameters<typeof streamProcessor>[0];
  registerProcessor(name: string, processor: ReturnType<typeof streamProcessor>): void;
}

const scope = globalThis as Partial<AudioScope>;
if (scope.registerProcessor && scope.AudioWorkletProcessor)
  scope.registerProcessor(processorName, streamProcessor(scope.AudioWorkletProcessor));
