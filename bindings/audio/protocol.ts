import { checkSize, valueError } from "../core/check.ts";
import type { StreamModel } from "../nn/stream-format.ts";

/** The name under which `gatewise/worklet` registers its processor. */
export const processorName = "gatewise-stream";

/** The names of the processor's parameters: values beside the signal that a model can be given, in this order. */
export const conditionNames: readonly string[] = /* @__PURE__ */ Array.from(
  { length: 8 },
  (_, i) => `condition${i}`,
);

/** The most channels that every engine has for a node. */
const mostChannels = 32;

/** How many channels a model is run on: two unless told otherwise. */
export function checkChannels(where: string, channels: unknown = 2): number {
  const checked = checkSize(where, "channels", channels);
  if (checked > mostChannels)
    throw valueError(where, `channels to be a whole number from 1 to ${mostChannels}`, checked);
  return checked;
}

/** A model and how it is used: what a node's `processorOptions` hold. */
export interface StreamSetup {
  /** What `describeStream` returned: from 1 feature (the signal) and the conditions to 1. */
  readonly model: StreamModel;
  /** Whether the model's output is added to the signal rather than put in its place. Default false. */
  readonly residual?: boolean | undefined;
  /** Channels that the model is run on, each with a state of its own. Default 2. */
  readonly channels?: number | undefined;
}

/** What a node's port can be sent. */
export type StreamMessage =
  | ({
      /** What is to be done: another model, a state of zeros, the signal as it comes, the end. */
      readonly type: "model";
    } & StreamSetup)
  | { readonly type: "reset" }
  | {
      readonly type: "bypass";
      /** Whether the signal goes through as it comes. */
      readonly on: boolean;
    }
  | { readonly type: "stop" };

/** A message with a number, by which its answer is known. The processor answers its own construction as number 0. */
export type StreamRequest = StreamMessage & {
  /** The number; without one the answer has none either. */
  readonly id?: number | undefined;
};

/** What comes back: that it is done, or what was wrong. Without an id it is about the signal. */
export interface StreamReply {
  /** The number of the request. */
  readonly id?: number | undefined;
  /** What was wrong; nothing was where it is not there. */
  readonly error?: string | undefined;
}
