import { Adam, add, Cell, GRUCell, Linear, sum, type Tensor, tanh, valueAndGrad } from "gatewise";
import {
  type Bridge,
  beamSearch,
  Decoder,
  decode,
  Encoder,
  LuongAttention,
  Seq2Seq,
  type Seq2SeqOptions,
} from "gatewise/seq2seq";
import { expect, test, vi } from "vitest";
import { expectFloat32 } from "../close.ts";
import { expectErrors, wrong } from "../expect-errors.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { gruAfter, lstm, rnnTanh } from "../reference/cells.ts";
import { seq2seqLoss } from "../reference/seq2seq.ts";

const [PAD, START, END] = [0, 1, 2];
const options = {
  sourceVocabulary: 7,
  targetVocabulary: 6,
  embeddingSize: 2,
  hiddenSize: 3,
  padToken: PAD,
  startToken: START,
  endToken: END,
  seed: 5,
} as const;
const make = (more: Partial<Seq2SeqOptions> = {}): Seq2Seq => new Seq2Seq({ ...options, ...more });

/** Of different lengths, out of order, without tokens too. */
const sources = [[3, 4], [6, 3, 5, 4, 3], [], [1, 2, 6]];
const targets = [[3, 5, 4], [], [4, 4], [5, 3, 3, 4, 5]];

const references = { rnn: rnnTanh, gru: gruAfter, lstm };

describeKernelSets("Seq2Seq", () => {
  test.each([
    ["gru", 1, true, "luong"],
    ["lstm", 2, true, "bahdanau"],
    ["rnn", 1, false, "luong dot"],
    ["lstm", 1, false, "none"],
    ["gru", 2, false, "luong"],
  ] as const)(
    "%s, %d layers, both ways %s, %s: loss and gradients of naive loops",
    (cell, numLayers, bidirectional, attention) => {
      const model = make({ cell, numLayers, bidirectional, attention });
      const parameters = model.parameters();
      const numbers = Object.fromEntries(
        Object.entries(parameters).map(([name, { data }]) => [name, Float64Array.from(data)]),
      );
      const { hiddenSize, embeddingSize } = options;
      const form = {
        cell: references[cell],
        hiddenSize,
        embeddingSize,
        numLayers,
        bidirectional,
        attention,
      };
      const inputs = targets.map((target) => [START, ...target]);
      const wanted = targets.map((target) => [...target, END]);
      expectForwardAndGradients({
        label: `${cell} ${attention}`,
        numbers,
        targets: parameters,
        forward: () => ({ loss: model.loss(sources, targets) }),
        reference: () => ({
          loss: Float64Array.of(seq2seqLoss(form, numbers, sources, inputs, wanted)),
        }),
      });
    },
  );

  test("padding that is given already changes nothing", () => {
    const model = make({ bidirectional: true });
    const longer = (rows: number[][]) => rows.map((row) => [...row, PAD, PAD].slice(0, 6));
    const value = model.loss(sources, targets).item();
    expect(
      model
        .loss(
          longer(sources),
          targets.map((row) => [...row, PAD]),
        )
        .item(),
    ).toBe(value);
    expect(
      model
        .loss(
          sources.map((row) => Int32Array.from(row)),
          targets,
        )
        .item(),
    ).toBe(value);
    expect(model.decode(longer(sources), { maxLength: 9 })).toEqual(
      model.decode(sources, { maxLength: 9 }),
    );
  });

  test("sentences of a batch do not see one another", () => {
    const model = make({ bidirectional: true, numLayers: 2 });
    const one = sources.map((source, n) => {
      const steps = targets[n]!.length + 1;
      return steps * model.loss([source], [targets[n]!]).item();
    });
    const steps = targets.reduce((n, target) => n + target.length + 1, 0);
    const all = one.reduce((a, b) => a + b) / steps;
    expect(model.loss(sources, targets).item()).toBeCloseTo(all, 5);
    for (const beamWidth of [1, 3])
      expect(model.decode(sources, { maxLength: 6, beamWidth })).toEqual(
        sources.flatMap((source) => model.decode([source], { maxLength: 6, beamWidth })),
      );
  });

  test("a batch of empty sources and one of empty targets", () => {
    const model = make({ bidirectional: true });
    expect(Number.isFinite(model.loss([[], []], [[3], [4, 5]]).item())).toBe(true);
    expect(Number.isFinite(model.loss([[3], [4, 5]], [[], []]).item())).toBe(true);
    expect(model.decode([[]], { maxLength: 3, beamWidth: 2 }).length).toBe(1);
    expect(model.attention([[], []], [[3], []]).toArray()).toEqual([
      [[0], [0]],
      [[0], [0]],
    ]);
  });

  test("step by step is what all steps at once are, to their gradients", () => {
    for (const attention of ["luong", "bahdanau", "none"] as const) {
      const model = make({ bidirectional: true, attention, numLayers: 2 });
      const parameters = model.parameters();
      const run = (teacherForcing: number) =>
        valueAndGrad(() => model.loss(sources, targets, { teacherForcing }), parameters);
      const [fused, steps] = [run(1), run(1 - 1e-9)]; // every step is given the truth, but for itself
      expect(steps.value).toBeCloseTo(fused.value, 5);
      for (const [name, { data }] of Object.entries(fused.gradients))
        expectFloat32(steps.gradients[name]!.data, data, `${attention}: ${name}`);
    }
  });

  test("without teacher forcing steps are given what the model said", () => {
    const model = make({ bidirectional: true, seed: 8 });
    const bias = model.decoder.head.bias!;
    bias.assign(bias.data.map((v, token) => (token === PAD || token === START ? 2 : v))); // not to be said
    const numbers = Object.fromEntries(
      Object.entries(model.parameters()).map(([name, { data }]) => [name, Float64Array.from(data)]),
    );
    const form = { cell: gruAfter, numLayers: 1, bidirectional: true, attention: "luong" } as const;
    const wanted = targets.map((target) => [...target, END]);
    // What the model says hangs on no target: let it say as many tokens as there are.
    const encoded = model.encode(sources);
    const inputs = targets.map(() => [START]);
    let state = encoded.states;
    for (let t = 0; t < 6; t++) {
      const one = model.decoder.step(
        Int32Array.from(inputs, (row) => row[t]!),
        state,
        encoded.memory,
      );
      state = one.states;
      inputs.forEach((row, b) => {
        const own = one.logits.data.subarray(6 * b, 6 * b + 6);
        own.fill(Number.NEGATIVE_INFINITY, PAD, START + 1);
        row.push(own.indexOf(Math.max(...own)));
      });
    }
    const given = inputs.map((row, b) => row.slice(0, wanted[b]!.length));
    expect(given).not.toEqual(targets.map((target) => [START, ...target]));
    const loss = model.loss(sources, targets, { teacherForcing: 0 }).item();
    const { hiddenSize, embeddingSize } = options;
    const expected = seq2seqLoss(
      { ...form, hiddenSize, embeddingSize },
      numbers,
      sources,
      given,
      wanted,
    );
    expect(loss).toBeCloseTo(expected, 5);
  });

  test("a rate between: other coins at every call, the same ones for the same seed", () => {
    const losses = (seed: number): number[] => {
      const model = make({ seed });
      return [1, 2, 3, 4].map(() => model.loss(sources, targets, { teacherForcing: 0.5 }).item());
    };
    expect(new Set(losses(3)).size).toBeGreaterThan(1);
    expect(losses(3)).toEqual(losses(3));
    const model = make();
    const one = model.loss(sources, targets).item();
    expect(make().loss(sources, targets).item()).toBe(one);
    expect(make({ seed: 6 }).loss(sources, targets).item()).not.toBe(one);
  });

  test("dropout acts in training only", () => {
    const model = make({ dropout: 0.5, numLayers: 2 });
    const plain = make({ numLayers: 2 });
    const trained = () => valueAndGrad(() => model.loss(sources, targets), {}).value;
    const value = plain.loss(sources, targets).item();
    expect(model.loss(sources, targets).item()).toBe(value);
    const first = trained();
    expect(first).not.toBe(value);
    expect(trained()).not.toBe(first);
    model.eval();
    expect(trained()).toBe(value);
    const runs = [3, 3, 4].map((seed) => {
      const own = make({ dropout: 0.5, seed });
      return valueAndGrad(() => own.loss(sources, targets), {}).value;
    });
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).not.toBe(runs[2]);
  });

  test("dropout also takes its share of what the last layer puts out", () => {
    const encoder = new Encoder(7, [new GRUCell(4, 40, { seed: 1 })], { dropout: 0.5, seed: 2 });
    const { value } = valueAndGrad(() => {
      const { outputs } = encoder.forward([[1, 2, 3, 4, 5]]);
      return { loss: sum(outputs), dropped: outputs.data.filter((v) => v === 0).length };
    }, {});
    expect(Math.abs(value.dropped - 100)).toBeLessThan(35); // of 200; a standard deviation of 7
  });

  test("attention: rows that sum to 1 over the source, 0 behind it; one row a target token and the end", () => {
    const model = make({ bidirectional: true });
    const weights = model.attention(sources, targets);
    expect(weights.shape).toEqual([4, 6, 5]);
    sources.forEach(({ length }, b) => {
      for (let s = 0; s <= targets[b]!.length; s++) {
        const row = weights.data.subarray((6 * b + s) * 5, (6 * b + s + 1) * 5);
        expect(row.reduce((a, v) => a + v)).toBeCloseTo(length ? 1 : 0, 5);
        expect([...row.subarray(length)].every((v) => v === 0)).toBe(true);
      }
    });
  });

  test("decode says neither padding nor start, and is decode or beamSearch over its step", () => {
    const model = make({ bidirectional: true, seed: 4 });
    const bias = model.decoder.head.bias!;
    bias.assign([9, 9, 0, 0, 0, 0]); // padding and start would be likeliest
    const got = [1, 3].flatMap((beamWidth) => model.decode(sources, { maxLength: 5, beamWidth }));
    expect(got.flat().filter((token) => token === PAD || token === START)).toEqual([]);
    expect(got.flat().length).toBeGreaterThan(0);
    const encoded = model.encode(sources);
    const ending = { endToken: END, maxLength: 5 };
    const start = sources.map(() => START);
    expect(decode(model.step(encoded), start, encoded.states, ending)).toEqual(got.slice(0, 4));
    const search = { ...ending, beamWidth: 3 };
    const found = beamSearch(model.step(encoded), start, encoded.states, search);
    expect(found.map(([best]) => best!.tokens)).toEqual(got.slice(4));
  });

  test("decode draws by a temperature and a seed; its length has a limit by itself", () => {
    const model = make();
    const drawn = (seed: number) => model.decode(sources, { temperature: 2, seed });
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    model.decoder.head.bias!.assign([0, 0, -99, 0, 0, 0]); // it never ends
    expect(model.decode(sources).map(({ length }) => length)).toEqual([20, 20, 20, 20]);
    expect(model.decode([[]]).map(({ length }) => length)).toEqual([10]);
  });

  test("weights that are NaN say nothing, however they are asked", () => {
    const model = make();
    model.decoder.head.bias!.assign(Array(6).fill(Number.NaN));
    for (const how of [{}, { beamWidth: 2 }, { temperature: 1 }])
      expect(() => model.decode([[3]], how)).toThrow(/expected logits that leave a token possible/);
  });

  test("thousands of sources are decoded in parts, with the same targets", () => {
    const model = make({ attention: "none" });
    const many = Array.from({ length: 1030 }, (_, n) => sources[n % 4]!);
    const rows = vi.spyOn(model.decoder, "step");
    for (const beamWidth of [1, 3]) {
      const few = model.decode(sources, { beamWidth, maxLength: 3 });
      const all = model.decode(many, { beamWidth, maxLength: 3 });
      expect(all).toEqual(many.map((_, n) => few[n % 4]));
    }
    expect(Math.max(...rows.mock.calls.map(([tokens]) => tokens.length))).toBe(1024);
    const drawn = model.decode(
      many.map(() => []),
      { temperature: 9, seed: 1, maxLength: 9 },
    );
    expect(drawn.slice(1024), "not the first ones again").not.toEqual(drawn.slice(0, 6));
    // The longest source of all says how long targets may be.
    model.decoder.head.bias!.assign([0, 0, -99, 0, 0, 0]);
    expect(model.decode([...many.map(() => [3]), [3, 4]]).map(({ length }) => length)).toEqual(
      Array(1031).fill(14),
    );
  });

  test("a cell of one's own learns to copy", () => {
    /** h' = tanh(W x + R h), written in operations; two tensors of state to be bridged. */
    class OwnCell extends Cell<readonly [Tensor, { deep: Tensor }]> {
      readonly stateSize: [number, { deep: number }];
      readonly outputSize: number;
      readonly inner: GRUCell;
      readonly outer: Linear;

      constructor(inputSize: number, size: number, seed: number) {
        super(inputSize);
        this.stateSize = [size, { deep: size }];
        this.outputSize = size;
        this.inner = new GRUCell(inputSize, size, { seed });
        this.outer = new Linear(size, size, { seed: seed + 1 });
      }

      call(x: Tensor, [h, { deep }]: readonly [Tensor, { deep: Tensor }]) {
        const [, next] = this.inner.call(x, h);
        const output = tanh(add(this.outer.forward(next), deep));
        return [output, [next, { deep: output }] as const] as [
          Tensor,
          readonly [Tensor, { deep: Tensor }],
        ];
      }
    }
    const cell = (inputSize: number, hiddenSize: number) => new OwnCell(inputSize, hiddenSize, 3);
    const model = make({
      cell,
      bidirectional: true,
      hiddenSize: 16,
      embeddingSize: 8,
      numLayers: 2,
    });
    const optimizer = new Adam({ learningRate: 1e-2 });
    const rows = [[3], [4, 3], [5, 5, 3], [3, 4, 5], []];
    const minimize = () => optimizer.minimize(() => model.loss(rows, rows));
    const first = minimize();
    for (let step = 0; step < 120; step++) minimize();
    expect(minimize()).toBeLessThan(first / 20);
    for (const beamWidth of [1, 2]) expect(model.decode(rows, { beamWidth })).toEqual(rows);
  });

  test("encoder and decoder by themselves: what Seq2Seq is made of", () => {
    const model = make({ bidirectional: true });
    const cells = [0, 1].map((i) => new GRUCell(2, 3, { seed: i }));
    const encoder = new Encoder(7, cells, { bidirectional: true, seed: 1 });
    const decoder = new Decoder(6, [new GRUCell(2, 3, { seed: 4 })], {
      attention: new LuongAttention(3, 6, { seed: 2 }),
      seed: 3,
    });
    for (const [own, whole] of [
      [encoder, model.encoder],
      [decoder, model.decoder],
    ] as const) {
      const [to, from] = [own.parameters(), whole.parameters()];
      expect(Object.keys(to)).toEqual(Object.keys(from));
      for (const [name, parameter] of Object.entries(to)) parameter.assign(from[name]!);
    }
    const { outputs, lengths, states } = encoder.forward(sources);
    expect(outputs.shape).toEqual([4, 5, 6]);
    expect([...lengths]).toEqual([2, 5, 0, 3]);
    const read = model.encode(sources);
    const memory = decoder.attention!.memory(outputs, { lengths });
    expect(memory.keys.data).toEqual(read.memory!.keys.data);
    const bridge = model.bridge as Bridge<Tensor>;
    const given = targets.map((target) => [START, ...target]);
    const { logits, weights } = decoder.forward(given, bridge.forward(states), memory);
    expect(logits.shape).toEqual([4, 6, 6]);
    expect(weights!.data).toEqual(model.attention(sources, targets).data);
  });

  test("parameters go by their places", () => {
    const names = Object.keys(make({ bidirectional: true, cell: "lstm" }).parameters());
    expect(names.filter((name) => !/cells/.test(name))).toEqual([
      "encoder.embedding.weight",
      "bridge.merge.0.weight",
      "bridge.merge.0.bias",
      "bridge.merge.1.weight",
      "bridge.merge.1.bias",
      "decoder.embedding.weight",
      "decoder.attention.project.weight",
      "decoder.combine.weight",
      "decoder.combine.bias",
      "decoder.head.weight",
      "decoder.head.bias",
    ]);
    expect(names).toContain("encoder.cells.1.weight_hh");
    expect(names).toContain("decoder.cells.0.bias_ih");
  });
});

describeKernelSets("bad input to Seq2Seq", () => {
  test("options", () => {
    expectErrors([
      ["nothing", TypeError, () => new Seq2Seq(wrong(undefined)), /^Seq2Seq: expected source/],
      ["size", RangeError, () => make({ sourceVocabulary: 0 }), /sourceVocabulary/],
      ["hidden", RangeError, () => make({ hiddenSize: 0 }), /hiddenSize/],
      ["hidden", RangeError, () => make({ hiddenSize: 0, embeddingSize: undefined }), /hiddenSize/],
      ["layers", TypeError, () => make({ numLayers: wrong("2") }), /numLayers/],
      ["pad", RangeError, () => make({ padToken: 6 }), /padToken below 6, the targetVocabulary/],
      ["pad", RangeError, () => make({ sourceVocabulary: 3, padToken: 4 }), /sourceVocabulary/],
      ["start", TypeError, () => make({ startToken: wrong("1") }), /startToken/],
      ["end", RangeError, () => make({ endToken: -1 }), /endToken/],
      ["same", RangeError, () => make({ padToken: END }), /padToken to be another/],
      ["cell", RangeError, () => make({ cell: wrong("mgu") }), /mgu/],
      ["no cell", TypeError, () => make({ cell: wrong(() => 1) }), /to be a cell/],
      ["attention", RangeError, () => make({ attention: wrong("self") }), /self/],
      [
        "dot",
        RangeError,
        () => make({ attention: "luong dot", bidirectional: true }),
        /puts out 3 features, as the decoder, for "luong dot", got 6/,
      ],
      [
        "no attention",
        TypeError,
        () => make({ attention: wrong(null) }),
        /attention to be "luong"/,
      ],
      ["both ways", TypeError, () => make({ bidirectional: wrong(1) }), /bidirectional/],
      ["dropout", RangeError, () => make({ dropout: 1 }), /below 1/],
      ["seed", RangeError, () => make({ seed: -1 }), /seed/],
      ["name", TypeError, () => make(wrong({ layers: 2 })), /got layers/],
    ]);
  });

  test("tokens and how to decode", () => {
    const model = make();
    const none = make({ attention: "none" });
    expect(() => none.attention(sources, targets)).toThrow(/^Seq2Seq\.attention: expected a model/);
    expectErrors([
      ["no list", TypeError, () => model.loss(wrong(3), targets)],
      ["no batch", RangeError, () => model.loss([], []), /at least one sequence/],
      ["fewer", RangeError, () => model.loss(sources, [[3]]), /4 targets, one a source, got 1/],
      ["no rows", TypeError, () => model.loss(wrong([3, 4, 5, 3]), targets), /array of tokens/],
      [
        "beyond",
        RangeError,
        () => model.loss([[7], [], [], []], targets),
        /^Seq2Seq\.loss: expected sources to be whole numbers from 0 to 6, got 7/,
      ],
      [
        "half",
        RangeError,
        () => model.loss([[3]], [[3.5]]),
        /^Seq2Seq\.loss: .*targets to be whole/,
      ],
      ["text", TypeError, () => model.loss([[3]], [wrong(["3"])]), /numbers/],
      ["start", RangeError, () => model.loss([[3]], [[START, 3]]), /targets without startToken/],
      ["end", RangeError, () => model.loss([[3]], [[3, END]]), /targets without endToken/],
      ["pad", RangeError, () => model.loss([[3]], [[PAD, 3]]), /targets without padToken/],
      ["rate", RangeError, () => model.loss([[3]], [[3]], { teacherForcing: 1.1 }), /teacherForc/],
      ["option", TypeError, () => model.loss([[3]], [[3]], wrong({ forcing: 1 })), /got forcing/],
      ["beyond", RangeError, () => model.decode([[9]]), /^Seq2Seq\.decode: .* from 0 to 6/],
      ["nobody", RangeError, () => model.decode([]), /at least one sequence/],
      ["no list", TypeError, () => model.decode(wrong(3)), /array of sequences/],
      ["width", RangeError, () => model.decode([[3]], { beamWidth: 0 }), /beamWidth/],
      ["length", RangeError, () => model.decode([[3]], { maxLength: 0 }), /maxLength/],
      ["drawn", RangeError, () => model.decode([[3]], { beamWidth: 2, temperature: 1 }), /temper/],
      ["option", TypeError, () => model.decode([[3]], wrong({ beams: 2 })), /got beams/],
    ]);
    // Also where this way of decoding has no use for them.
    for (const beamWidth of [1, 2]) {
      const way = (more: object) => () => model.decode([[3]], { beamWidth, ...more });
      expectErrors([
        ["penalty", RangeError, way({ lengthPenalty: -1 }), /^Seq2Seq\.decode: expected lengthPen/],
        ["seed", RangeError, way({ seed: -1 }), /^Seq2Seq\.decode: expected seed/],
        ["cold", RangeError, way({ temperature: -1 }), /^Seq2Seq\.decode: expected temperature/],
        ["not", RangeError, way({ temperature: Number.NaN }), /^Seq2Seq\.decode: expected temper/],
      ]);
    }
  });

  test("encoders and decoders", () => {
    const gru = (inputSize: number) => new GRUCell(inputSize, 3);
    const decoder = new Decoder(5, [gru(2)], { attention: new LuongAttention(3, 4) });
    const one = gru(3);
    expect(() => new Encoder(5, [one, one])).toThrow(/^Encoder: expected cells of their own/);
    expectErrors([
      ["no cells", RangeError, () => new Encoder(5, []), /^Encoder: expected 1 cells a layer/],
      ["odd", RangeError, () => new Encoder(5, [gru(2)], { bidirectional: true }), /2 cells/],
      ["no list", TypeError, () => new Encoder(5, wrong(gru(2))), /array of cells/],
      ["no cell", TypeError, () => new Decoder(5, [wrong(1)]), /cells\[0\] to be a cell/],
      ["sizes", RangeError, () => new Encoder(5, [gru(2), gru(2)]), /cells\[1\] with inputSize 3/],
      [
        "pair",
        RangeError,
        () => new Encoder(5, [gru(2), gru(3)], { bidirectional: true }),
        /ize 2/,
      ],
      ["pad", RangeError, () => new Encoder(5, [gru(2)], { padToken: 5 }), /below 5/],
      ["look", TypeError, () => new Decoder(5, [gru(2)], { attention: wrong("luong") })],
      [
        "query",
        RangeError,
        () => new Decoder(5, [gru(2)], { attention: new LuongAttention(4, 3) }),
        /querySize 3/,
      ],
      [
        "states",
        TypeError,
        () => decoder.forward([[1]], wrong(undefined)),
        /states to be an array/,
      ],
      ["states", RangeError, () => decoder.forward([[1]], []), /1 states, one a cell, got 0/],
      ["memory", TypeError, () => decoder.forward([[1]], [gru(2).zeroState(1)]), /memory/],
      [
        "tokens",
        TypeError,
        () => decoder.step(wrong(undefined), [gru(2).zeroState(1)]),
        /^Decoder\.step: expected tokens to be an Int32Array, one a row, got undefined/,
      ],
    ]);
  });
});
