import { mistakesIn } from "./write.mjs";

const layers = [
  "test/models/layers-recurrent.test.ts",
  "test/models/layers.test.ts",
  "test/models/sequential.test.ts",
];
const recurrent = mistakesIn("recurrent layer", "bindings/models/recurrent.ts", layers);
const steps = mistakesIn("masked steps", "bindings/models/steps.ts", layers);
const places = mistakesIn("masked steps", "bindings/cells/schedule.ts", layers);
const masking = mistakesIn("masking layer", "bindings/models/masking.ts", layers);
const lastStep = mistakesIn("last step", "bindings/models/last-step.ts", layers);
const bidirectional = mistakesIn("bidirectional layer", "bindings/models/bidirectional.ts", layers);

/** Layers in Keras' sense: masks, directions, states that are kept. */
export const modelMistakes = [
  recurrent("mask ignored", [
    "countedSteps(batch, time, mask, backwards)",
    "countedSteps(batch, time, undefined, backwards)",
  ]),
  recurrent("goBackwards ignored", [
    "countedSteps(batch, time, mask, backwards)",
    "countedSteps(batch, time, mask, false)",
  ]),
  recurrent("initial state ignored", ["initial ?? this.#state", "this.#state"]),
  recurrent("state not kept", ["initial ?? this.#state", "initial"]),
  recurrent("state kept where it is not stateful", [
    "if (this.stateful) this.#state =",
    "this.#state =",
  ]),
  recurrent("states not reset", ["    this.#state = undefined;\n", ""]),
  recurrent("mask ends at the layer", [
    "mask: this.returnSequences ? mask : undefined,",
    "mask: undefined,",
  ]),
  recurrent("backward half's outputs not turned", [
    "backwards !== (layout.turned ?? false)",
    "false",
  ]),
  recurrent("output of the first step for the last", ["[(time - 1) * batch, 0]", "[0, 0]"]),
  steps("mask turned round", ["mask.steps[b * time + t] === 1", "mask.steps[b * time + t] !== 1"]),
  steps("masks of other sequences", ["mask.steps[b * time + t]", "mask.steps[t]"]),
  steps("zeros rather than the output before", [
    "if (held[place] === -1) held",
    "if (held[place] === -2) held",
  ]),
  steps("last output of a masked sequence is that of its last place", [
    "backwards ? 0 : time - 1",
    "backwards ? time - 1 : 0",
  ]),
  places("as if masks were lengths", ['typeof places === "number" ? t : places[t]!', "t"]),
  masking("every step counts", [
    "if (data[k] !== this.#value) return 1;\n      return 0;",
    "if (data[k] !== this.#value) return 1;\n      return 1;",
  ]),
  masking("one feature is enough to mask a step", [
    "if (data[k] !== this.#value) return 1;\n      return 0;",
    "if (data[k] === this.#value) return 0;\n      return 1;",
  ]),
  lastStep("mask ignored", ["if (!mask) return", "if (time > 0) return"]),
  lastStep("first step that counts", ["lastIndexOf(1)", "indexOf(1)"]),
  bidirectional("directions put together in the wrong order", [
    "concat([y, z], -1)",
    "concat([z, y], -1)",
  ]),
  bidirectional("mask ends at the layer", [
    "mask: returnSequences ? mask : undefined,",
    "mask: undefined,",
  ]),
  bidirectional("sum for the average", ["mul(add(y, z), 0.5)", "add(y, z)"]),
  bidirectional("backward outputs in the order of running", [
    "turned: layer === this.backwardLayer",
    "turned: false",
  ]),
  bidirectional("outputs repeated where the mask leaves steps out", [
    "zeroMasked: this.#zeroMasked",
    "zeroMasked: false",
  ]),
  bidirectional("states exchanged", [
    "[there.state, back.state] as const",
    "[back.state, there.state] as const",
  ]),
  bidirectional("both begin from the forward state", ["initial?.[i],", "initial?.[0],"]),
];
