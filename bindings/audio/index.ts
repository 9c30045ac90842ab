export type { StreamMessage, StreamReply, StreamRequest, StreamSetup } from "./protocol.ts";
export { type StreamNode, type StreamNodeOptions, streamNode } from "./stream-node.ts";
