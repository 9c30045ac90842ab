import { plain } from "../ours.ts";
import { brainJs } from "./brain.ts";
import { jaxJs } from "./jax.ts";
import { ortNode, ortWeb } from "./onnx.ts";
import type { Peer } from "./peer.ts";
import { tfjsCpu, tfjsWasm } from "./tfjs.ts";
import { torch } from "./torch.ts";

/** Who is measured beside us, in the order of the tables' columns. */
export const peers: readonly Peer[] = [
  plain,
  jaxJs,
  tfjsWasm,
  tfjsCpu,
  ortWeb,
  ortNode,
  brainJs,
  torch,
];
