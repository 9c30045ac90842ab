import { mistakesIn } from "./write.mjs";

const lengths = [
  "test/goldens.test.ts",
  "test/cells/lengths.test.ts",
  "test/cells/sequence.test.ts",
  "test/cells/checkpoint.test.ts",
];
const compose = ["test/cells/compose.test.ts", "test/cells/layers.test.ts"];
const schedule = mistakesIn("schedule", "bindings/cells/schedule.ts", [...lengths, ...compose]);
const unroll = mistakesIn("unroll", "bindings/unroll.ts", [...lengths, ...compose]);
const both = mistakesIn("bidirectionalDynamicRNN", "bindings/unroll.ts", compose);
const stack = mistakesIn("stackBidirectionalDynamicRNN", "bindings/unroll.ts", compose);
const own = mistakesIn("own cell", "bindings/cells/cell.ts", [
  "test/cells/custom.test.ts",
  "test/cells/lengths.test.ts",
]);
const multi = mistakesIn("MultiRNNCell", "bindings/cells/multi.ts", compose);
const layer = mistakesIn("layer", "bindings/nn/recurrent.ts", [
  "test/goldens.test.ts",
  "test/cells/layers.test.ts",
  "test/cells/checkpoint.test.ts",
]);
const lstm = mistakesIn("layer", "bindings/nn/layers.ts", [
  "test/goldens.test.ts",
  "test/cells/layers.test.ts",
]);

/** Lengths, directions, layers: everything around a cell. */
export const unrollingMistakes = [
  schedule("lengths ignored", [
    "  if (counted) return arrange(batch, time, timeMajor, counted, checkpointEvery);\n",
    "",
  ]),
  schedule("one step too many", [
    "lengths[sorted[active - 1]!]! <= t",
    "lengths[sorted[active - 1]!]! < t",
  ]),
  schedule("one step too few", [
    "lengths[sorted[active - 1]!]! <= t",
    "lengths[sorted[active - 1]!]! <= t + 1",
  ]),
  schedule("shortest first", ["lengths[b]! - lengths[a]!", "lengths[a]! - lengths[b]!"]),
  schedule("not sorted", [".sort((a, b) => lengths[b]! - lengths[a]! || a - b)", ""]),
  schedule("time-major and batch-major exchanged", [
    "timeMajor ? place * batch + b : b * time + place",
    "timeMajor ? b * time + place : place * batch + b",
  ]),
  schedule("time-major taken for batch-major", [
    "timeMajor ? place * batch + b : b * time + place",
    "b * time + place",
  ]),
  schedule("batch-major rows taken as they stand", [
    " && source.every((place, row) => place === row)",
    "",
  ]),
  schedule("layouts of one axis order handed out for the other", ["{timeMajor} $", ""]),
  schedule("layouts of one checkpointEvery handed out for another", [
    "{checkpointEvery}`;",
    "{time}`;",
  ]),
  schedule("padding reversed, too", ["starts[length - 1 - t]! + i", "starts[steps - 1 - t]! + i"]),
  schedule("reversed by one step too much", [
    "starts[length - 1 - t]!",
    "starts[Math.max(length - 2 - t, 0)]!",
  ]),
  schedule("order of the batch restored by sorting again", ["restore[b] = i;", "restore[i] = b;"]),
  schedule("order of the batch not restored", [
    "restore: moved ? restore : undefined",
    "restore: undefined",
  ]),
  schedule("initial states not sorted", [
    "order: moved ? Int32Array.from(sorted) : undefined",
    "order: undefined",
  ]),
  schedule("final state one step early", ["last[b] = batch + rows + b", "last[b] = rows + b"]),
  schedule("final state of the first step", [
    "      rows += active;\n    }\n    parts",
    "    }\n    rows = part.reduce((n, active) => n + active, 0);\n    parts",
  ]),

  unroll("reversed direction runs forwards", ["backwards ? this.turn(rows) : rows", "rows"]),
  unroll("reversed direction's outputs not turned back", [
    "backwards ? this.turn(outputs) : outputs",
    "outputs",
  ]),
  unroll("forward direction runs backwards", ["backwards = false", "backwards = true"]),
  unroll("whole axis reversed rather than each sequence", [
    "gatherRows(rows, this.schedule.mirror)",
    "gatherRows(rows, this.schedule.mirror.map((_, i, all) => all.length - 1 - i))",
  ]),
  unroll("initial state ignored", [
    "cell.unroll(x, this.schedule, first)",
    "cell.unroll(x, this.schedule, undefined)",
  ]),
  unroll("initial states not sorted with their sequences", [
    "initial !== undefined && order ? reorderState(initial, order) : initial",
    "initial",
  ]),
  unroll("initial states sorted the wrong way", [
    "reorderState(initial, order)",
    "reorderState(initial, restore!)",
  ]),
  unroll("final states left in sorted order", [
    "restore ? reorderState(state, restore) : state",
    "state",
  ]),
  unroll("final states sorted again", [
    "reorderState(state, restore)",
    "reorderState(state, order!)",
  ]),
  unroll("lengths ignored", [
    "layOut(batch, this.#time, timeMajor, counted,",
    "layOut(batch, this.#time, timeMajor, undefined,",
  ]),
  unroll("time-major ignored", [
    "layOut(batch, this.#time, timeMajor,",
    "layOut(batch, this.#time, false,",
  ]),
  unroll("time and batch exchanged", [
    "this.#time = timeMajor ? outer : inner;\n    const batch = timeMajor ? inner : outer;",
    "this.#time = timeMajor ? inner : outer;\n    const batch = timeMajor ? outer : inner;",
  ]),
  unroll("outputs' axes exchanged", [
    "this.#timeMajor ? [this.#time, batch] : [batch, this.#time]",
    "this.#timeMajor ? [batch, this.#time] : [this.#time, batch]",
  ]),
  unroll("initial state of dynamicRNN ignored", [
    "packed.run(cell, packed.x, initial)",
    "packed.run(cell, packed.x, undefined)",
  ]),

  both("directions exchanged", [
    "[packed.unpack(there.outputs), packed.unpack(back.outputs)]",
    "[packed.unpack(back.outputs), packed.unpack(there.outputs)]",
  ]),
  both("states exchanged", ["[there.state, back.state]", "[back.state, there.state] as never"]),
  both("both run forwards", [
    "packed.run(backward, packed.x, initial?.[1], true)",
    "packed.run(backward, packed.x, initial?.[1])",
  ]),
  both("both begin from the forward state", ["initial?.[1], true", "initial?.[0] as never, true"]),
  both("backward initial state ignored", ["initial?.[1], true", "undefined, true"]),

  stack("directions put together in the wrong order", [
    "rows = concat(outputs, 1);",
    "rows = concat(outputs.reverse(), 1);",
  ]),
  stack("directions' states exchanged", ["states[direction]!.push", "states[1 - direction]!.push"]),
  stack("directions' initial states exchanged", [
    "initial?.[direction]?.[i]",
    "initial?.[1 - direction]?.[i]",
  ]),
  stack("layers' initial states exchanged", [
    "initial?.[direction]?.[i]",
    "initial?.[direction]?.[layers.length - 1 - i]",
  ]),
  stack("second layer runs forwards only", [
    "?.[i], direction === 1)",
    "?.[i], direction === 1 && i === 0)",
  ]),

  own("initial state ignored", [
    "let state = initial ?? cell.zeroState(schedule.batch);",
    "let state = cell.zeroState(schedule.batch);",
  ]),
  own("state not carried on", ["    state = next;\n", ""]),
  own("each step sees the first", ["    start += rows;\n", ""]),
  own("states of ended sequences in the wrong order", ["...ended.reverse()", "...ended"]),
  own("states of the wrong sequences carried on", [
    "slice(s, [0, 0], [rows, -1])",
    "slice(s, [active - rows, 0], [rows, -1])",
  ]),
  own("states of the wrong sequences ended", [
    "slice(s, [rows, 0], [active - rows, -1])",
    "slice(s, [0, 0], [active - rows, -1])",
  ]),

  multi("second layer fed with the first one's input, by step", [
    "cell.call(output, state[i])",
    "cell.call(x, state[i])",
  ]),
  multi("second layer fed with the first one's input", [
    "cell.unroll(outputs, schedule",
    "cell.unroll(x, schedule",
  ]),
  multi("states of layers in the wrong order", [
    "state: state as unknown as S",
    "state: state.reverse() as unknown as S",
  ]),
  multi("states of layers in the wrong order, by step", [
    "next as unknown as S",
    "next.reverse() as unknown as S",
  ]),
  multi("initial states ignored", ["initial?.[i]", "undefined"]),

  layer("second layer fed with the first one's input", [
    "packed.run(this.#cells[i]!, rows,",
    "packed.run(this.#cells[i]!, packed.x,",
  ]),
  layer("directions put together in the wrong order", [
    "concat(outputs, 1)",
    "concat(outputs.reverse(), 1)",
  ]),
  layer("backward direction runs forwards", ["first(i), direction === 1)", "first(i), false)"]),
  layer("directions exchanged", [
    "first(i), direction === 1)",
    "first(i), directions === 2 && direction === 0)",
  ]),
  layer("states in the wrong order", ["states.push(one.state)", "states.unshift(one.state)"]),
  layer("states by direction rather than by layer", [
    "const i = layer * directions + direction;",
    "const i = direction * this.numLayers + layer;",
  ]),
  layer("initial state ignored", ["rows, first(i), direction", "rows, undefined, direction"]),
  layer("initial state of the first layer for all", ["first(i), direction", "first(0), direction"]),
  layer("lengths ignored", ["sequenceLength: lengths, ", ""]),
  layer("time-major ignored", ["{ timeMajor: this.timeMajor, ", "{ "]),
  layer("checkpointEvery ignored", [
    "sequenceLength: lengths, checkpointEvery }",
    "sequenceLength: lengths }",
  ]),
  layer("both directions under one name", ['? "_reverse" : ""', '? "" : "_reverse"']),
  layer("all layers begin with the same numbers", ["deriveSeed(seed, i)", "seed"]),
  lstm("initial c taken from h", ["c: take(c)", "c: take(h)"]),
  lstm("final c taken from h", [
    "c: put(states.map((s) => s.c))",
    "c: put(states.map((s) => s.h))",
  ]),
];
