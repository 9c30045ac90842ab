import {
  Adagrad,
  Adam,
  AdamW,
  accuracy,
  add,
  argmax,
  bidirectionalDynamicRNN,
  binaryAccuracy,
  binaryCrossEntropy,
  Cell,
  categoricalAccuracy,
  categoricalCrossEntropy,
  concat,
  cosineDecay,
  crossEntropy,
  dynamicRNN,
  embedding,
  exponentialDecay,
  full,
  GRU,
  GRUCell,
  huber,
  Linear,
  LSTM,
  LSTMCell,
  logSoftmax,
  MultiRNNCell,
  mae,
  matmul,
  mse,
  mul,
  neg,
  ones,
  type Parameter,
  parameter,
  perplexity,
  polynomialDecay,
  RMSprop,
  RNNCell,
  randn,
  randomInts,
  randomUniform,
  reshape,
  SGD,
  sequenceLoss,
  slice,
  softmax,
  sparseCategoricalCrossEntropy,
  stack,
  stackBidirectionalDynamicRNN,
  stepDecay,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGrad,
  warmUp,
  zeros,
} from "gatewise";
import { expect, test } from "vitest";
import { expectErrors, type Kind, wrong } from "./expect-errors.ts";
import { describeKernelSets } from "./kernel-sets.ts";

const sizesThatAreNone: readonly [unknown, Kind][] = [
  [Number.NaN, RangeError],
  [0, RangeError],
  [-3, RangeError],
  [2.5, RangeError],
  [Number.POSITIVE_INFINITY, RangeError],
  ["4", TypeError],
  [null, TypeError],
  [undefined, TypeError],
  [[4], TypeError],
];

describeKernelSets("bad input", () => {
  test("sizes of cells, layers and modules", () => {
    const makers: [string, (a: never, b: never) => unknown][] = [
      ["RNNCell", (a, b) => new RNNCell(a, b)],
      ["LSTMCell", (a, b) => new LSTMCell(a, b)],
      ["GRUCell", (a, b) => new GRUCell(a, b)],
      ["LSTM", (a, b) => new LSTM(a, b)],
      ["GRU", (a, b) => new GRU(a, b)],
      ["Linear", (a, b) => new Linear(a, b)],
    ];
    for (const [name, make] of makers) {
      for (const [size, kind] of sizesThatAreNone) {
        const where = new RegExp(`^${name}`);
        expectErrors([
          [`${name}(${size}, 4)`, kind, () => make(wrong(size), wrong(4)), where],
          [`${name}(4, ${size})`, kind, () => make(wrong(4), wrong(size)), where],
        ]);
      }
    }
    for (const [size, kind] of sizesThatAreNone) {
      if (size === undefined) continue; // an option left out
      expectErrors([
        [`numLayers ${size}`, kind, () => new LSTM(2, 3, { numLayers: wrong(size) })],
        [`zeros([${size}])`, kind, () => zeros([wrong(size)])],
        [`randn([2, ${size}])`, kind, () => randn([2, wrong(size)])],
      ]);
    }
    expectErrors([["zeroState(NaN)", RangeError, () => new GRUCell(2, 3).zeroState(Number.NaN)]]);
    expectErrors([["zeroState(0)", RangeError, () => new LSTMCell(2, 3).zeroState(0)]]);
  });

  test("options: unknown names, wrong kinds, wrong choices", () => {
    expectErrors([
      ["misspelt", TypeError, () => new LSTM(2, 3, wrong({ numlayers: 2 })), /numlayers/],
      ["no object", TypeError, () => new GRU(2, 3, wrong(2))],
      [
        "nonlinearity",
        RangeError,
        () => new RNNCell(2, 3, { nonlinearity: wrong("gelu") }),
        /gelu/,
      ],
      [
        "nonlinearity of the wrong kind",
        TypeError,
        () => new RNNCell(2, 3, { nonlinearity: wrong(1) }),
      ],
      ["bias", TypeError, () => new RNNCell(2, 3, { bias: wrong("yes") })],
      ["resetAfter", TypeError, () => new GRUCell(2, 3, { resetAfter: wrong(1) })],
      ["bidirectional", TypeError, () => new GRU(2, 3, { bidirectional: wrong("true") })],
      ["seed", TypeError, () => new GRUCell(2, 3, { seed: wrong("1") })],
      ["seed", RangeError, () => new GRUCell(2, 3, { seed: -1 })],
      ["seed", RangeError, () => randn([2], { seed: Number.NaN })],
      [
        "timeMajor",
        TypeError,
        () => dynamicRNN(new GRUCell(2, 3), zeros([1, 2, 2]), { timeMajor: wrong("no") }),
      ],
      ["learningRate", TypeError, () => new Adam({ learningRate: wrong("0.1") })],
      ["learningRate", RangeError, () => new Adam({ learningRate: Number.NaN })],
      ["learningRate", RangeError, () => new SGD({ learningRate: -1 })],
      ["beta1", RangeError, () => new Adam({ learningRate: 0.1, beta1: 1 })],
      ["momentum", TypeError, () => new SGD({ learningRate: 0.1, momentum: wrong("0.9") })],
      ["clipNorm", RangeError, () => new SGD({ learningRate: 0.1, clipNorm: -1 })],
      ["clipValue", RangeError, () => new Adam({ learningRate: 0.1, clipValue: Number.NaN })],
      ["no such option", TypeError, () => new Adam(wrong({ learningRate: 0.1, lr: 1 })), /lr/],
    ]);
  });

  test("settings of optimizers", () => {
    const numbers: [string, (options: never) => unknown, string[]][] = [
      ["SGD", (o) => new SGD(o), ["learningRate", "momentum", "dampening", "weightDecay"]],
      ["Adagrad", (o) => new Adagrad(o), ["learningRateDecay", "initialAccumulator", "epsilon"]],
      ["RMSprop", (o) => new RMSprop(o), ["alpha", "momentum", "epsilon", "clipNormEach"]],
      ["Adam", (o) => new Adam(o), ["beta1", "beta2", "epsilon", "clipNorm", "clipValue"]],
      ["AdamW", (o) => new AdamW(o), ["beta1", "beta2", "weightDecay", "learningRate"]],
    ];
    const wrongNumbers: readonly [unknown, Kind][] = [
      [-0.1, RangeError],
      [Number.NaN, RangeError],
      [Number.POSITIVE_INFINITY, RangeError],
      ["0.1", TypeError],
      [null, TypeError],
      [true, TypeError],
    ];
    for (const [name, make, settings] of numbers)
      for (const setting of settings)
        for (const [value, kind] of wrongNumbers) {
          const what = `${name} ${setting} ${value}`;
          const message = new RegExp(`^${name}: expected ${setting} to be`);
          expectErrors([[what, kind, () => make(wrong({ [setting]: value })), message]]);
        }
    expectErrors([
      ["beta2", RangeError, () => new AdamW({ beta2: 1 }), /^AdamW: expected beta2 below 1, got 1/],
      ["alpha", RangeError, () => new RMSprop({ alpha: 1 }), /alpha below 1, got 1/],
      ["clipNormEach", RangeError, () => new SGD({ clipNormEach: 0 }), /clipNormEach above 0/],
      [
        "nesterov",
        TypeError,
        () => new SGD({ nesterov: wrong(1) }),
        /nesterov to be true or false/,
      ],
      ["no momentum", RangeError, () => new SGD({ nesterov: true }), /nesterov with a momentum/],
      [
        "dampening",
        RangeError,
        () => new SGD({ nesterov: true, momentum: 0.9, dampening: 0.1 }),
        /without dampening, got momentum 0.9, dampening 0.1/,
      ],
      ["amsgrad", TypeError, () => new Adam({ amsgrad: wrong("yes") })],
      ["centered", TypeError, () => new RMSprop({ centered: wrong(0) })],
      ["another's setting", TypeError, () => new SGD(wrong({ beta1: 0.9 })), /got beta1/],
      ["options", TypeError, () => new RMSprop(wrong(0.1))],
      ["a schedule by name", TypeError, () => new SGD({ learningRate: wrong("cosine") })],
    ]);
    const optimizer = new Adagrad({ learningRate: 0.5 });
    expectErrors([
      ["rate set", RangeError, () => (optimizer.learningRate = -1)],
      ["rate set", TypeError, () => (optimizer.learningRate = wrong(undefined))],
    ]);
    expect(optimizer.learningRate).toBe(0.5);
  });

  test("groups of optimizers", () => {
    const { weight, bias } = new Linear(2, 3).parameters() as Record<string, Parameter>;
    const one = { weight: weight! };
    const make = (...groups: unknown[]) => new Adam({ groups: wrong(groups) });
    const at = (i: number) => new RegExp(`^Adam \\(groups\\[${i}\\]\\): `);
    expectErrors([
      ["no list", TypeError, () => new Adam({ groups: wrong({}) }), /groups to be an array/],
      ["no group", TypeError, () => make({ parameters: one }, null), at(1)],
      ["nothing", TypeError, () => make(undefined), at(0)],
      ["a list", TypeError, () => make([weight]), at(0)],
      ["without parameters", TypeError, () => make({ learningRate: 0.1 }), at(0)],
      ["empty", RangeError, () => make({ parameters: {} }), at(0)],
      ["a module", TypeError, () => make({ parameters: new Linear(2, 3) }), at(0)],
      ["a tensor", TypeError, () => make({ parameters: { x: zeros([2]) } }), at(0)],
      ["a setting", RangeError, () => make({ parameters: one, beta1: 1 }), at(0)],
      ["a rate", RangeError, () => make({ parameters: one, learningRate: -1 }), at(0)],
      ["frozen", TypeError, () => make({ parameters: one, frozen: wrong(1) }), at(0)],
      ["clipping", TypeError, () => make({ parameters: one, clipNorm: 1 }), /got clipNorm/],
      [
        "two groups",
        RangeError,
        () => make({ parameters: one }, { parameters: { bias: bias!, again: weight! } }),
        /every parameter in one group at most/,
      ],
      [
        "nesterov without the momentum of the rest",
        RangeError,
        () =>
          new SGD({ momentum: 0.9, nesterov: true, groups: [{ parameters: one, momentum: 0 }] }),
        /^SGD \(groups\[0\]\): expected nesterov with a momentum/,
      ],
    ]);
    const { groups } = new SGD({ groups: [{ parameters: one }] });
    expectErrors([
      ["rate set", RangeError, () => (groups[0]!.learningRate = -1), /^SGD \(groups\[0\]\)/],
      ["frozen set", TypeError, () => (groups[0]!.frozen = wrong("no")), /^SGD \(groups\[0\]\)/],
    ]);
  });

  test("schedules", () => {
    const decays: [string, (initial: never, options: never) => unknown, object][] = [
      ["stepDecay", stepDecay, { every: 3 }],
      ["exponentialDecay", exponentialDecay, { factor: 0.5 }],
      ["cosineDecay", cosineDecay, { decaySteps: 3 }],
      ["polynomialDecay", polynomialDecay, { decaySteps: 3 }],
      ["warmUp", warmUp, { steps: 3 }],
    ];
    for (const [name, make, options] of decays) {
      const where = new RegExp(`^${name}: `);
      const rate = make(wrong(0.1), wrong(options)) as (step: unknown) => number;
      const [key] = Object.keys(options) as [string];
      expectErrors([
        ["a rate below 0", RangeError, () => make(wrong(-0.1), wrong(options)), where],
        ["a rate of another kind", TypeError, () => make(wrong("0.1"), wrong(options)), where],
        ["no such option", TypeError, () => make(wrong(1), wrong({ ...options, other: 1 })), where],
        ["nothing", TypeError, () => make(wrong(1), wrong({})), where],
        ["no number", TypeError, () => make(wrong(1), wrong({ [key]: "3" })), where],
        ["below 0", RangeError, () => make(wrong(1), wrong({ [key]: -1 })), where],
        ["step -1", RangeError, () => rate(-1), where],
        ["half a step", RangeError, () => rate(0.5), where],
        ["step of another kind", TypeError, () => rate("1"), where],
      ]);
    }
    expectErrors([
      ["every 0", RangeError, () => stepDecay(1, { every: 0 })],
      ["half a step", RangeError, () => cosineDecay(1, { decaySteps: 2.5 })],
      ["final", RangeError, () => cosineDecay(1, { decaySteps: 2, final: -1 })],
      ["power", RangeError, () => polynomialDecay(1, { decaySteps: 2, power: -1 })],
      ["factor", RangeError, () => stepDecay(1, { every: 2, factor: Number.NaN })],
      ["from", TypeError, () => warmUp(1, { steps: 2, from: wrong("0") })],
      [
        "staircase",
        TypeError,
        () => exponentialDecay(1, { factor: 0.5, staircase: wrong(1) }),
        /staircase to be true or false/,
      ],
      ["a schedule's rate", RangeError, () => warmUp(() => -1, { steps: 2 })(0), /rate\(0\)/],
    ]);
  });

  test("tensors: empty, uneven, of strings", () => {
    expectErrors([
      ["no numbers", RangeError, () => tensor([])],
      ["an empty batch", RangeError, () => tensor([], [0, 3])],
      ["an empty batch", RangeError, () => zeros([0, 4, 3])],
      ["a sequence of no steps", RangeError, () => zeros([2, 0, 3])],
      ["rows of unequal length", RangeError, () => tensor([[1, 2], [3]])],
      ["too few for the shape", RangeError, () => tensor([1, 2, 3], [2, 2])],
      ["strings", TypeError, () => tensor(wrong(["1", "2"]))],
      ["a string", TypeError, () => tensor(wrong("12"))],
      ["nothing", TypeError, () => tensor(wrong(undefined))],
      ["shape of the wrong kind", TypeError, () => zeros(wrong(3))],
      ["item of many", RangeError, () => zeros([2]).item()],
      ["bounds the wrong way round", RangeError, () => randomUniform([2], 1, -1)],
      ["bounds of strings", TypeError, () => randomUniform([2], wrong("0"), 1)],
      ["fractions", RangeError, () => randomInts([2], 0.5, 3)],
    ]);
  });

  test("operations: shapes, ranks and axes", () => {
    const a = ones([2, 3]);
    expectErrors([
      ["matmul", RangeError, () => matmul(a, a), /^matmul.*\[2, 3\].*\[2, 3\]/],
      ["matmul of the wrong rank", RangeError, () => matmul(a, ones([3])), /^matmul/],
      ["matmul of a vector", RangeError, () => matmul(ones([3]), ones([2, 3, 1])), /^matmul/],
      [
        "matmul of batches that differ",
        RangeError,
        () => matmul(ones([2, 2, 3]), ones([3, 3, 1])),
        /^matmul.*\[\.\.\., m, k\].*\[2, 2, 3\] and \[3, 3, 1\]/,
      ],
      ["matmul of a batch", RangeError, () => matmul(a, ones([4, 2, 3])), /^matmul/],
      ["add", RangeError, () => add(a, ones([2])), /^add.*\[2, 3\].*\[2\]/],
      ["snake case", TypeError, () => new LSTM(2, 3, wrong({ num_layers: 2 })), /is numLayers\)$/],
      ["an LSTM", TypeError, () => neg(wrong(new LSTM(2, 3))), /got an LSTM$/],
      ["a Linear", TypeError, () => neg(wrong(new Linear(2, 3))), /got a Linear$/],
      ["a bundled name", TypeError, () => neg(wrong(new (class _Net {})())), /got a Net$/],
      ["a promise", TypeError, () => neg(wrong(Promise.resolve())), /await it/],
      ["keepDims by place", TypeError, () => sum(a, 1, wrong(true)), /^sum.*options/],
      ["keepdim", TypeError, () => sum(a, 1, wrong({ keepdim: true })), /keepDims, got keepdim/],
      ["no flag", TypeError, () => sum(a, 1, { keepDims: wrong(1) }), /keepDims to be true/],
      ["mul", RangeError, () => mul(a, ones([3, 2])), /^mul/],
      ["add of a string", TypeError, () => add(a, wrong("1")), /^add/],
      ["add of nothing", TypeError, () => add(wrong(undefined), a), /^add/],
      ["add of an array", TypeError, () => add(a, wrong([1, 2, 3])), /^add/],
      ["concat", RangeError, () => concat([a, ones([3, 2])], 0), /^concat/],
      ["concat of nothing", RangeError, () => concat([], 0), /^concat/],
      ["concat along no axis", RangeError, () => concat([a, a], 2), /^concat/],
      ["concat of one tensor", TypeError, () => concat(wrong(a), 0), /^concat/],
      ["stack", RangeError, () => stack([a, ones([3])], 0), /^stack/],
      ["slice too far", RangeError, () => slice(a, [0, 2], [2, 2]), /slice/],
      ["slice before", RangeError, () => slice(a, [-1, 0], [1, 1]), /slice/],
      ["slice of another rank", RangeError, () => slice(a, [0], [1]), /slice/],
      ["slice of nothing", RangeError, () => slice(a, [0, 0], [0, 1]), /slice/],
      ["slice by a string", TypeError, () => slice(a, wrong(["0", 0]), [1, 1]), /slice/],
      ["reshape", RangeError, () => reshape(a, [4]), /reshape/],
      ["reshape by a method", RangeError, () => a.reshape([5, 1]), /reshape/],
      ["transpose of the same axis twice", RangeError, () => transpose(a, [0, 0]), /^transpose/],
      ["transpose of too few axes", RangeError, () => transpose(a, [0]), /^transpose/],
      ["transpose of strings", TypeError, () => transpose(a, wrong(["0", "1"])), /^transpose/],
      ["sum along no axis", RangeError, () => sum(a, 2), /^sum/],
      ["sum along a string", TypeError, () => sum(a, wrong("0")), /^sum/],
      ["mse", RangeError, () => mse(a, ones([3, 2])), /^mse/],
      ["classes beyond", RangeError, () => crossEntropy(a, [0, 3]), /3/],
      ["classes below", RangeError, () => crossEntropy(a, [-1, 0]), /-1/],
      ["classes of NaN", RangeError, () => crossEntropy(a, [Number.NaN, 0]), /NaN/],
      ["too few classes", RangeError, () => crossEntropy(a, [0])],
      ["probabilities of another shape", RangeError, () => crossEntropy(a, ones([2, 2]))],
      ["classes of strings", TypeError, () => crossEntropy(a, wrong(["0", "1"]))],
      ["indices beyond", RangeError, () => embedding(a, [0, 2]), /2/],
      ["indices below", RangeError, () => embedding(a, [-1]), /-1/],
      ["indices with fractions", RangeError, () => embedding(a, [0.5]), /0\.5/],
      ["indices in uneven rows", RangeError, () => embedding(a, [[1, 0], [1], [0, 1, 1]])],
      ["indices of uneven depth", TypeError, () => embedding(a, [[1, 0], wrong([[1], [0]])])],
      ["indices that are no list", TypeError, () => embedding(a, wrong(1))],
      ["no indices", RangeError, () => embedding(a, [])],
      ["indices of strings", TypeError, () => embedding(a, wrong(["0"]))],
      ["Linear", RangeError, () => new Linear(4, 2).forward(a), /^Linear.*4.*\[2, 3\]/],
      ["Linear of an array", TypeError, () => new Linear(3, 2).forward(wrong([[1, 2, 3]]))],
    ]);
  });

  test("cells: inputs and states; weights stay as they are", () => {
    const lstm = new LSTMCell(3, 4, { seed: 1 });
    const gru = new GRUCell(3, 4, { seed: 1 });
    const x = randn([2, 3], { seed: 2 });
    const state = lstm.call(x, lstm.zeroState(2))[1];
    const before = [...Object.values(lstm.parameters()), ...Object.values(gru.parameters())];
    const values = before.map((p) => p.data);
    const stateBefore = [Float32Array.from(state.h.data), Float32Array.from(state.c.data)];
    expectErrors([
      [
        "x too wide",
        RangeError,
        () => lstm.call(randn([2, 4]), state),
        /^LSTMCell.*\[2, 3\].*\[2, 4\]/,
      ],
      ["x of another batch", RangeError, () => lstm.call(randn([3, 3]), state)],
      ["x of another rank", RangeError, () => lstm.call(randn([2, 1, 3]), state)],
      ["x of one row", RangeError, () => gru.call(randn([3]), zeros([1, 4])), /^GRUCell/],
      ["x an array", TypeError, () => lstm.call(wrong([[1, 2, 3]]), state)],
      ["h too wide", RangeError, () => gru.call(x, zeros([2, 5])), /\[2, 4\].*\[2, 5\]/],
      ["h of another batch", RangeError, () => gru.call(x, zeros([1, 4]))],
      ["c too wide", RangeError, () => lstm.call(x, { h: state.h, c: zeros([2, 5]) }), /\[2, 5\]/],
      ["no state", TypeError, () => lstm.call(x, wrong(undefined))],
      ["h alone", TypeError, () => lstm.call(x, wrong(state.h))],
      ["no c", TypeError, () => lstm.call(x, wrong({ h: state.h }))],
      ["an LSTM's state for a GRU", TypeError, () => gru.call(x, wrong(state))],
    ]);
    before.forEach((p, k) => {
      expect(p.data).toEqual(values[k]);
    });
    expect([state.h.data, state.c.data]).toEqual(stateBefore);
    expect(lstm.call(x, state)[0].data.every(Number.isFinite)).toBe(true);
  });

  test("unrolling: shapes, lengths and initial states", () => {
    const cell = new LSTMCell(3, 4);
    const [fw, bw] = [new GRUCell(3, 4), new GRUCell(3, 4)];
    const x = randn([2, 5, 3], { seed: 1 });
    const lengths = (sequenceLength: unknown) => () =>
      dynamicRNN(cell, x, { sequenceLength: wrong(sequenceLength) });
    expectErrors([
      ["a step alone", RangeError, () => dynamicRNN(cell, randn([2, 3])), /^dynamicRNN/],
      ["too wide", RangeError, () => dynamicRNN(cell, randn([2, 5, 4])), /\[2, 5, 4\]/],
      [
        "too wide, time-major",
        RangeError,
        () => dynamicRNN(cell, randn([2, 5, 4]), { timeMajor: true }),
      ],
      ["no tensor", TypeError, () => dynamicRNN(cell, wrong([[[1, 2, 3]]]))],
      ["no cell", TypeError, () => dynamicRNN(wrong({}), x)],
      ["a length beyond T", RangeError, lengths([5, 6]), /6/],
      ["a length below 0", RangeError, lengths([-1, 5]), /-1/],
      ["a length of NaN", RangeError, lengths([Number.NaN, 5]), /NaN/],
      ["half a step", RangeError, lengths([2.5, 5]), /2\.5/],
      ["a length as a string", TypeError, lengths(["5", 5])],
      ["too few lengths", RangeError, lengths([5])],
      ["too many lengths", RangeError, lengths([5, 5, 5])],
      ["one length for all", TypeError, lengths(5)],
      ["lengths as a string", TypeError, lengths("55")],
      [
        "state of another batch",
        RangeError,
        () => dynamicRNN(cell, x, { initialState: cell.zeroState(3) }),
      ],
      [
        "state of the wrong kind",
        TypeError,
        () => dynamicRNN(cell, x, { initialState: wrong(zeros([2, 4])) }),
      ],
      [
        "misspelt option",
        TypeError,
        () => dynamicRNN(cell, x, wrong({ lengths: [1, 2] })),
        /lengths/,
      ],
      [
        "layer: lengths",
        RangeError,
        () => new GRU(3, 4).forward(x, undefined, { lengths: [5, 6] }),
        /6/,
      ],
      [
        "layer: too wide",
        RangeError,
        () => new LSTM(3, 4).forward(randn([2, 5, 2])),
        /^LSTM.*\[2, 5, 2\]/,
      ],
      [
        "layer: state",
        RangeError,
        () => new GRU(3, 4, { numLayers: 2 }).forward(x, zeros([1, 2, 4])),
      ],
      [
        "layer: state of the wrong kind",
        TypeError,
        () => new LSTM(3, 4).forward(x, wrong(zeros([1, 2, 4]))),
      ],
      [
        "both ways: lengths",
        RangeError,
        () => bidirectionalDynamicRNN(fw, bw, x, { sequenceLength: [9, 1] }),
        /9/,
      ],
      ["both ways: too wide", RangeError, () => bidirectionalDynamicRNN(fw, bw, randn([2, 5, 4]))],
      [
        "deep: unequal numbers of cells",
        RangeError,
        () => stackBidirectionalDynamicRNN([fw], [bw, bw], x),
      ],
      ["deep: no cells", RangeError, () => stackBidirectionalDynamicRNN([], [], x)],
      ["stack of no cells", RangeError, () => new MultiRNNCell([])],
      ["stack of what is no cell", TypeError, () => new MultiRNNCell(wrong([fw, 3]))],
      [
        "stack that does not fit",
        RangeError,
        () => new MultiRNNCell([new GRUCell(3, 4), new GRUCell(3, 4)]),
      ],
    ]);
  });

  test("an error in the middle of a step leaves weights, states and moments as they were", () => {
    const net = new LSTM(3, 4, { seed: 1 });
    const optimizer = new Adam({ learningRate: 0.1 });
    const x = randn([2, 5, 3], { seed: 2 });
    const step = () => optimizer.minimize(() => mse(net.forward(x).output, zeros([2, 5, 4])));
    const twin = new LSTM(3, 4, { seed: 1 });
    const other = new Adam({ learningRate: 0.1 });
    const twinStep = () => other.minimize(() => mse(twin.forward(x).output, zeros([2, 5, 4])));
    step();
    twinStep();
    expectErrors([
      [
        "wrong target",
        RangeError,
        () => optimizer.minimize(() => mse(net.forward(x).output, zeros([2, 5, 3]))),
      ],
      [
        "wrong lengths",
        RangeError,
        () => optimizer.minimize(() => sum(net.forward(x, undefined, { lengths: [6, 1] }).output)),
      ],
      ["no loss", TypeError, () => optimizer.minimize(wrong(() => 3))],
      ["a loss of many", RangeError, () => optimizer.minimize(() => net.forward(x).output)],
      [
        "async",
        TypeError,
        () => optimizer.minimize(wrong(async () => sum(net.forward(x).output))),
        /async|Promise/,
      ],
      ["no function", TypeError, () => optimizer.minimize(wrong(3))],
      [
        "parameters of the wrong kind",
        TypeError,
        () => optimizer.minimize(() => sum(net.forward(x).output), wrong({ a: 1 })),
      ],
    ]);
    expect(() =>
      optimizer.minimize(() => {
        net.forward(x);
        throw new Error("mine");
      }),
    ).toThrow("mine");
    step();
    twinStep();
    for (const [name, p] of Object.entries(net.parameters())) {
      expect(p.data, name).toEqual(twin.parameters()[name]!.data);
    }
  });

  test("assign: what does not fit changes nothing", () => {
    const p = new GRUCell(2, 3, { seed: 1 }).parameters().weight_hh;
    const before = p.data;
    expectErrors([
      ["too few", RangeError, () => p.assign([1, 2, 3])],
      ["another shape", RangeError, () => p.assign(zeros([3, 9]))],
      ["rows of unequal length", RangeError, () => p.assign(wrong([[1, 2, 3], [1]]))],
      ["strings", TypeError, () => p.assign(wrong(new Array(27).fill("1")))],
      ["nothing", TypeError, () => p.assign(wrong(undefined))],
    ]);
    expect(p.data).toEqual(before);
  });

  test("gradients: targets and losses", () => {
    const x = ones([2]);
    expectErrors([
      [
        "no tensor among the targets",
        TypeError,
        () => valueAndGrad(() => sum(x), wrong({ x: 3 })),
        /x/,
      ],
      ["no targets", TypeError, () => valueAndGrad(() => sum(x), wrong(undefined))],
      [
        "a number for a loss",
        TypeError,
        () =>
          valueAndGrad(
            wrong(() => 1),
            { x },
          ),
      ],
      ["a loss of many", RangeError, () => valueAndGrad(() => mul(x, 2), { x }), /\[2\]/],
      [
        "async",
        TypeError,
        () =>
          valueAndGrad(
            wrong(async () => sum(x)),
            { x },
          ),
      ],
    ]);
  });

  test("a cell of the user's own that returns the wrong thing is named", () => {
    class Broken extends Cell<Tensor> {
      readonly stateSize = 4;
      readonly outputSize = 4;
      call(x: Tensor, h: Tensor): [Tensor, Tensor] {
        return [x, h];
      }
    }
    expect(() => dynamicRNN(new Broken(3), randn([2, 5, 3]))).toThrow(/Broken.*\[2, 4\].*\[2, 3\]/);
  });

  test("NaN in the data gives a NaN loss, and nothing hangs", () => {
    const net = new GRU(3, 4, { seed: 1, numLayers: 2, bidirectional: true });
    const optimizer = new Adam({ learningRate: 0.1, clipNorm: 1 });
    const data = Float32Array.from(randn([2, 5, 3], { seed: 1 }).data);
    data[7] = Number.NaN;
    const x = tensor(data, [2, 5, 3]);
    expect(optimizer.minimize(() => mse(net.forward(x).output, zeros([2, 5, 8])))).toBeNaN();
    // A NaN beyond a sequence's length is not read.
    const lengths = [2, 5];
    const clean = new GRU(3, 4, { seed: 1 });
    const run = () => sum(clean.forward(x, undefined, { lengths }).output);
    expect(new SGD({ learningRate: 0.1, clipNorm: 1 }).minimize(run)).not.toBeNaN();
  });

  test("losses", () => {
    const x = ones([2, 3]);
    const vector = ones([3]);
    const losses = { mse, mae, huber, binaryCrossEntropy, categoricalCrossEntropy };
    for (const [name, loss] of Object.entries(losses)) {
      const at = new RegExp(`^${name}:`);
      expectErrors([
        [`${name}: target of another shape`, RangeError, () => loss(x, ones([3, 2])), at],
        [`${name}: target of another rank`, RangeError, () => loss(x, vector), at],
        [`${name}: no target`, TypeError, () => loss(x, wrong(1)), at],
        [`${name}: no prediction`, TypeError, () => loss(wrong([1]), x), at],
        [`${name}: reduction`, RangeError, () => loss(x, x, { reduction: wrong("avg") }), /avg/],
        [`${name}: reduction of a kind`, TypeError, () => loss(x, x, { reduction: wrong(1) }), at],
        [`${name}: option`, TypeError, () => loss(x, x, wrong({ reduce: "sum" })), /reduce/],
      ]);
    }
    expectErrors([
      ["delta 0", RangeError, () => huber(x, x, { delta: 0 }), /^huber/],
      ["delta of NaN", RangeError, () => huber(x, x, { delta: Number.NaN }), /^huber/],
      ["delta of a kind", TypeError, () => huber(x, x, { delta: wrong("1") }), /^huber/],
      ["fromLogits", TypeError, () => binaryCrossEntropy(x, x, { fromLogits: wrong(1) })],
      ["fromLogits too", TypeError, () => categoricalCrossEntropy(x, x, { fromLogits: wrong(1) })],
      ["softmax along no axis", RangeError, () => softmax(x, 2), /^softmax/],
      ["logSoftmax of a scalar", RangeError, () => logSoftmax(tensor(1)), /^logSoftmax/],
      ["argmax along no axis", RangeError, () => argmax(x, -3), /^argmax/],
      ["argmax of a scalar", RangeError, () => argmax(tensor(1)), /^argmax/],
    ]);
  });

  test("cross-entropy of classes", () => {
    const x = ones([2, 3]);
    const sparse = sparseCategoricalCrossEntropy;
    expectErrors([
      ["class beyond", RangeError, () => crossEntropy(x, [0, 3], { ignoreIndex: -1 }), /3/],
      [
        "class not ignored",
        RangeError,
        () => crossEntropy(x, [0, -1], { ignoreIndex: -100 }),
        /-1/,
      ],
      ["ignoreIndex", RangeError, () => crossEntropy(x, [0, 1], { ignoreIndex: 0.5 }), /0\.5/],
      [
        "ignoreIndex of a kind",
        TypeError,
        () => crossEntropy(x, [0, 1], { ignoreIndex: wrong("0") }),
      ],
      ["ignoreIndex of probabilities", RangeError, () => crossEntropy(x, x, { ignoreIndex: 0 })],
      [
        "weight of another size",
        RangeError,
        () => crossEntropy(x, [0, 1], { weight: [1, 2] }),
        /\[3\]/,
      ],
      ["weight of NaN", RangeError, () => crossEntropy(x, [0, 1], { weight: [1, Number.NaN, 1] })],
      ["weight of a kind", TypeError, () => crossEntropy(x, [0, 1], { weight: wrong("111") })],
      ["smoothing", RangeError, () => crossEntropy(x, [0, 1], { labelSmoothing: 1.5 }), /1\.5/],
      ["axis", RangeError, () => crossEntropy(x, [0, 1], { axis: 2 }), /^crossEntropy/],
      [
        "classes along another axis",
        RangeError,
        () => crossEntropy(x, [0, 1], { axis: 0 }),
        /\[3\]/,
      ],
      ["sparse class beyond", RangeError, () => sparse(x, [0, 3]), /^sparseCategorical.*3/],
      ["sparse class in a tensor", RangeError, () => sparse(x, tensor([0.5, 1])), /0\.5/],
      ["sparse classes too many", RangeError, () => sparse(x, [0, 1, 2]), /^sparseCategorical/],
      [
        "sparse one-hot",
        RangeError,
        () =>
          sparse(x, [
            [0, 1, 0],
            [1, 0, 0],
          ]),
        /^sparseCategorical/,
      ],
      ["sparse reduction", RangeError, () => sparse(x, [0, 1], { reduction: wrong("avg") }), /avg/],
    ]);
    const weight = parameter([1, 1, 1]);
    expectErrors([
      [
        "weight whose gradient is wanted",
        TypeError,
        () => valueAndGrad(() => crossEntropy(x, [0, 1], { weight }), { weight }),
        /detach/,
      ],
      [
        "weight that was computed",
        TypeError,
        () => valueAndGrad(() => crossEntropy(x, [0, 1], { weight: mul(weight, 2) }), { weight }),
        /detach/,
      ],
    ]);
    expect(crossEntropy(x, [0, 1], { weight }).item()).toBeCloseTo(Math.log(3), 6);
  });

  test("sequenceLoss", () => {
    const x = ones([2, 3, 4]);
    const targets = [
      [0, 1, 2],
      [3, 0, 1],
    ];
    const loss = (options: object) => sequenceLoss(x, targets, [3, 3], options);
    expectErrors([
      ["logits of two axes", RangeError, () => sequenceLoss(ones([2, 3]), targets, [3, 3])],
      ["targets of another shape", RangeError, () => sequenceLoss(x, [[0, 1]], [3, 3]), /\[2, 3\]/],
      ["class beyond", RangeError, () => sequenceLoss(x, [0, 1, 2, 3, 4, 0], [3, 3]), /4/],
      ["-1 that counts", RangeError, () => sequenceLoss(x, [0, 1, -1, 3, 0, 0], [3, 3]), /-1/],
      ["length beyond", RangeError, () => sequenceLoss(x, targets, [4, 3]), /4/],
      ["length of a fraction", RangeError, () => sequenceLoss(x, targets, [2.5, 3]), /2\.5/],
      ["one length", RangeError, () => sequenceLoss(x, targets, [3]), /lengths/],
      ["weights of NaN", RangeError, () => sequenceLoss(x, targets, full([2, 3], Number.NaN))],
      ["weights of another shape", RangeError, () => sequenceLoss(x, targets, ones([3, 2]))],
      [
        "average and sum",
        RangeError,
        () => loss({ averageAcrossBatch: true, sumOverTimesteps: true }),
      ],
      ["both of one", RangeError, () => loss({ averageAcrossBatch: true, sumOverBatch: true })],
      ["average of a kind", TypeError, () => loss({ averageAcrossBatch: 1 }), /^sequenceLoss/],
      ["option", TypeError, () => loss({ averageAcrossTime: true }), /averageAcrossTime/],
    ]);
  });

  test("metrics", () => {
    const x = ones([2, 3]);
    expectErrors([
      ["class beyond", RangeError, () => accuracy(x, [0, 3]), /^accuracy.*3/s],
      ["classes of another shape", RangeError, () => accuracy(x, [0]), /^accuracy/],
      ["weights of another shape", RangeError, () => accuracy(x, [0, 1], { weights: [1] })],
      ["no prediction", TypeError, () => accuracy(wrong([1, 2]), [0, 1]), /^accuracy/],
      ["a scalar", RangeError, () => accuracy(tensor(1), [0]), /^accuracy/],
      ["option", TypeError, () => accuracy(x, x, { ignoreIndex: 1 }), /ignoreIndex/],
      ["target", RangeError, () => categoricalAccuracy(x, ones([3, 2])), /^categoricalAccuracy/],
      ["binary target", RangeError, () => binaryAccuracy(x, ones([3])), /^binaryAccuracy/],
      ["threshold", TypeError, () => binaryAccuracy(x, x, { threshold: wrong("1") }), /threshold/],
      ["perplexity", TypeError, () => perplexity(wrong(x)), /^perplexity/],
    ]);
  });
});
