import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { inNode } from "../engines/host.ts";
import { freshLibrary, type Gatewise } from "../fresh-library.ts";
import { namesake } from "./namesake.ts";

/** A library that has not been used yet. */
let gatewise: Gatewise;
const kernelBytes = () => gatewise.embeddedKernels();

beforeEach(async () => {
  gatewise = await freshLibrary();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A model at work, of the library as it is by then. */
const works = (): Float32Array => {
  const { LSTM, randn } = gatewise;
  return new LSTM(3, 5, { seed: 2 }).forward(randn([2, 4, 3], { seed: 1 })).output.data;
};

const rangeError = (message: RegExp) =>
  expect.objectContaining({ name: "RangeError", message: expect.stringMatching(message) });
const typeError = (message: RegExp) =>
  expect.objectContaining({ name: "TypeError", message: expect.stringMatching(message) });

describe("init", () => {
  test("is not needed, and engine says what would be used", () => {
    expect(gatewise.engine()).toEqual({ kernels: "wasm", threads: 1 });
    expect(works().every(Number.isFinite)).toBe(true);
    expect(gatewise.engine()).toEqual({ kernels: "wasm", threads: 1 });
  });

  test("takes the kernels as a module, bytes in any form, a Response or a URL", async () => {
    const { init } = gatewise;
    const wanted = works();
    const bytes = kernelBytes();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const fetched: string[] = [];
    vi.stubGlobal("fetch", async (url: URL) => {
      fetched.push(url.href);
      return new Response(bytes, { headers: { "content-type": "application/wasm" } });
    });
    for (const module of [
      new WebAssembly.Module(bytes),
      bytes,
      bytes.buffer,
      new DataView(shifted.buffer, 3),
      shifted.subarray(3),
      new Response(bytes),
      new URL("https://example.org/kernels.wasm"),
    ]) {
      await init({ module, replace: true });
      expect(works()).toEqual(wanted);
    }
    expect(fetched).toEqual(["https://example.org/kernels.wasm"]);
  });

  test("takes a data: URL", async () => {
    const text = btoa(String.fromCharCode(...kernelBytes()));
    const url = `data:application/wasm;base64,${text}`;
    await gatewise.init({ module: new URL(url) });
    expect(works().every(Number.isFinite)).toBe(true);
  });

  test("refuses what is not these kernels, and nothing has changed", async () => {
    const { init, engine, jsKernels } = gatewise;
    const foreign = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]); // an empty module
    const bytes = kernelBytes();
    const refused: [object, ReturnType<typeof rangeError>][] = [
      [new WebAssembly.Module(foreign), rangeError(/kernels of this version of gatewise/)],
      [foreign, rangeError(/kernels of this version of gatewise/)],
      [bytes.slice(0, bytes.length - 100), rangeError(/WebAssembly module/)],
      [bytes.slice(0, 3), rangeError(/WebAssembly module/)],
      [new Uint8Array(0), rangeError(/WebAssembly module/)],
      [new Response(bytes.slice(0, 500)), rangeError(/WebAssembly module/)],
      [new Response("not found", { status: 404 }), rangeError(/404/)],
      ["https://example.org/kernels.wasm" as never, typeError(/module/)],
      [{}, typeError(/module/)],
      [7 as never, typeError(/module/)],
    ];
    for (const [module, error] of refused) await expect(init({ module })).rejects.toEqual(error);
    const wanted = works(); // nothing was chosen: the package's own
    expect(engine().kernels).toBe("wasm");
    await init({ kernels: jsKernels, replace: true });
    for (const [module, error] of refused.slice(0, 5))
      await expect(init({ module, replace: true })).rejects.toEqual(error);
    expect(engine().kernels).toBe("js");
    expect(works()).not.toEqual(wanted);
  });

  test("a module with the names of the kernels that is not them is refused, too", async () => {
    const { init, engine } = gatewise;
    const imports = { nothing: [], memory: [2, 0, 0], "much memory": [2, 0, 10], code: [0, 0] };
    const other = kernelBytes(); // another build: the last byte is one of its mark
    other[other.length - 1]! ^= 1;
    const modules: [string, Uint8Array][] = [
      ...Object.entries(imports).map(([what, kind]): [string, Uint8Array] => [
        what,
        namesake(kernelBytes(), kind),
      ]),
      ["another build", other],
    ];
    for (const [what, bytes] of modules)
      for (const replace of [undefined, true])
        for (const module of [bytes, new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)]) {
          const got = bytes === other ? "those of another one" : "another module";
          const refused = rangeError(RegExp(`^init: expected the kernels of this .*, got ${got}$`));
          await expect(init({ module, replace }), what).rejects.toEqual(refused);
        }
    expect(engine()).toEqual({ kernels: "wasm", threads: 1 });
    await init({ kernels: gatewise.jsKernels }); // nothing was chosen
  });

  test("a URL that cannot be fetched rejects, and nothing has changed", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("fetch failed");
    });
    await expect(gatewise.init({ module: new URL("https://example.org/") })).rejects.toThrow(
      "fetch failed",
    );
    await gatewise.init({ kernels: gatewise.jsKernels });
    expect(gatewise.engine().kernels).toBe("js");
  });

  test("the same again is no change; another choice is refused until replace", async () => {
    const { init, engine, jsKernels, Linear, mse, randn, SGD, sum } = gatewise;
    const module = new WebAssembly.Module(kernelBytes());
    const choices = [{}, { kernels: jsKernels }, { module }];
    for (const choice of choices) {
      await init({ ...choice, replace: true });
      const before = new Linear(2, 2);
      await init(choice);
      await init({ ...choice, threads: 1 });
      const after = new Linear(2, 2);
      const x = randn([1, 2]);
      new SGD().minimize(() => mse(after.forward(before.forward(x)), x)); // of the same runtime
      for (const other of choices)
        if (other !== choice) await expect(init(other)).rejects.toThrow(/already/);
      await expect(init({ ...choice, threads: 2 })).rejects.toThrow(/already/);
      expect(engine().kernels).toBe(choice.kernels ? "js" : "wasm");
      expect(sum(x).size).toBe(1);
    }
  });

  test("first use is a choice too", async () => {
    const { init, jsKernels } = gatewise;
    works();
    await expect(init({ kernels: jsKernels })).rejects.toThrow(/already/);
    await expect(init({ module: kernelBytes() })).rejects.toThrow(/already/);
    await init();
    await init({ threads: 1 });
  });

  test("what is made while it compiles belongs to the same runtime as what is made after", async () => {
    const { init, jsKernels, Linear, mse, randn, SGD } = gatewise;
    const compiling = init();
    const before = new Linear(2, 2);
    await compiling;
    const after = new Linear(2, 2);
    const x = randn([1, 2]);
    new SGD().minimize(() => mse(after.forward(before.forward(x)), x));
    const another = init({ module: kernelBytes(), replace: true });
    await another;
    await expect(init({ kernels: jsKernels })).rejects.toThrow(/already/);
  });

  test("first use while another module compiles: the choice comes too late", async () => {
    const { init } = gatewise;
    const compiling = init({ module: kernelBytes() });
    works();
    await expect(compiling).rejects.toThrow(/already/);
  });

  test("several at once settle on one runtime", async () => {
    const { init, Linear, mse, randn, SGD } = gatewise;
    const first = init();
    const made = first.then(() => new Linear(2, 2));
    await Promise.all([first, init(), init({ threads: 1 })]);
    const [before, after] = [await made, new Linear(2, 2)];
    const x = randn([1, 2]);
    new SGD().minimize(() => mse(after.forward(before.forward(x)), x));
  });

  test("different choices at once: the first to be ready holds, the others are told", async () => {
    const { init, engine, jsKernels, Linear, mse, randn, SGD } = gatewise;
    const choices = [{ module: kernelBytes() }, { kernels: jsKernels }, {}];
    const ends = await Promise.allSettled(choices.map((choice) => init(choice)));
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
    for (const end of ends)
      if (end.status === "rejected")
        expect(end.reason.message).toMatch(/already \(js, threads: 1\)/);
    expect(engine()).toEqual({ kernels: "js", threads: 1 });
    const [model, x] = [new Linear(2, 2), randn([1, 2])];
    new SGD().minimize(() => mse(model.forward(x), x));
  });

  test.skipIf(inNode)(
    "threads in a page: an error that says so, and nothing has changed",
    async () => {
      const { init, engine, jsKernels } = gatewise;
      const outside = rangeError(/^init: expected threads to be 1 outside Node .*, got 2$/);
      await expect(init({ threads: 2 })).rejects.toEqual(outside);
      await expect(init({ threads: 2, module: kernelBytes() })).rejects.toEqual(outside);
      expect(engine()).toEqual({ kernels: "wasm", threads: 1 });
      await init({ kernels: jsKernels }); // nothing was chosen
      await expect(init({ threads: 2, replace: true })).rejects.toEqual(outside);
      expect(engine()).toEqual({ kernels: "js", threads: 1 });
      expect(works().every(Number.isFinite)).toBe(true);
    },
  );

  test("threads: whole numbers from 1 to 64", async () => {
    const { init } = gatewise;
    for (const threads of [0, -1, 1.5, 65, Number.NaN, Number.POSITIVE_INFINITY])
      await expect(init({ threads }), `${threads}`).rejects.toEqual(rangeError(/^init: .*threads/));
    for (const threads of ["2", null, true, [1]])
      await expect(init({ threads: threads as never }), `${threads}`).rejects.toEqual(
        typeError(/^init: .*threads/),
      );
    for (const threads of [0, 1.5]) // the limits are told
      await expect(init({ threads })).rejects.toEqual(rangeError(/at least 1/));
    await expect(init({ threads: 65 })).rejects.toEqual(rangeError(/from 1 to 64.*65/));
    await init({ threads: 1 });
    expect(gatewise.engine().threads).toBe(1);
  });

  test("options of the wrong kind", async () => {
    const { init, jsKernels } = gatewise;
    await expect(init({ kernels: jsKernels, module: kernelBytes() })).rejects.toEqual(
      typeError(/kernels or module/),
    );
    for (const kernels of [{}, "js", null, jsKernels.instantiate])
      await expect(init({ kernels: kernels as never })).rejects.toEqual(typeError(/kernels/));
    await expect(init({ thread: 1 } as never)).rejects.toEqual(typeError(/thread/));
    await expect(init("js" as never)).rejects.toEqual(typeError(/options/));
    await init({ kernels: jsKernels }); // nothing was chosen before
  });

  test("inside a scope or a step it is an error, and the scope goes on", async () => {
    const { init, engine, jsKernels, scope, mul, tensor, valueAndGrad, sum } = gatewise;
    const x = tensor([1, 2]);
    let refused: Promise<void>[] = [];
    const y = scope(() => {
      refused = [init(), init({ kernels: jsKernels, replace: true })];
      return mul(x, 2);
    });
    valueAndGrad(
      () => {
        refused.push(init({ kernels: jsKernels, replace: true }));
        return sum(x);
      },
      { x },
    );
    for (const one of refused) await expect(one).rejects.toThrow(/inside a scope/);
    expect([y.toArray(), engine().kernels]).toEqual([[2, 4], "wasm"]);
  });
});

describe("two runtimes", () => {
  const worlds = async () => {
    const { init, jsKernels, LSTM, Linear } = gatewise;
    const wasm = { net: new LSTM(3, 5, { seed: 1 }), head: new Linear(5, 2, { seed: 2 }) };
    await init({ kernels: jsKernels, replace: true });
    const js = { net: new LSTM(3, 5, { seed: 1 }), head: new Linear(5, 2, { seed: 2 }) };
    return { wasm, js };
  };

  test("a model goes on under the kernels that it was created under", async () => {
    const { init, jsKernels, LSTM, Linear, Adam, mse, randn, Stream } = gatewise;
    const make = () => ({ net: new LSTM(3, 5, { seed: 1 }), head: new Linear(5, 2, { seed: 2 }) });
    const [x, y] = [randn([4, 6, 3], { seed: 3 }), randn([4, 6, 2], { seed: 4 })];
    const [model, twin] = [make(), make()];
    const [one, other] = [new Adam({ learningRate: 0.1 }), new Adam({ learningRate: 0.1 })];
    const step = ({ net, head }: ReturnType<typeof make>, optimizer: typeof one) =>
      optimizer.minimize(() => mse(head.forward(net.forward(x).output), y));
    const losses = Array.from({ length: 10 }, () => step(twin, other));
    const began = [step(model, one), step(model, one)];
    const stream = new Stream([model.net, model.head]);
    await init({ kernels: jsKernels, replace: true });
    const went = Array.from({ length: 8 }, () => {
      new Linear(200, 200); // of the other runtime, at the same addresses
      return step(model, one);
    });
    expect([...began, ...went]).toEqual(losses);
    const [frame, out] = [x.data.slice(0, 3), new Float32Array(2)];
    stream.step(frame, out);
    const whole = model.head.forward(model.net.forward(x).output);
    expect(whole.data).toEqual(twin.head.forward(twin.net.forward(x).output).data);
    expect(Math.abs(out[0]! - whole.data[0]!)).toBeLessThan(1e-6);
  });

  test("mixing their parameters in one step throws, and nothing has changed", async () => {
    const { Adam, mse, randn, scope, Stream, sum, valueAndGrad } = gatewise;
    const { wasm, js } = await worlds();
    const [x, y] = [randn([4, 6, 3], { seed: 3 }), randn([4, 6, 2], { seed: 4 })];
    const all = [wasm, js].flatMap(({ net, head }) => [
      ...Object.values(net.parameters()),
      ...Object.values(head.parameters()),
    ]);
    const before = all.map((p) => p.data);
    const optimizer = new Adam();
    const mixed = /wasm kernels.*js kernels|js kernels.*wasm kernels/;
    for (const [one, two] of [
      [wasm, js],
      [js, wasm],
    ] as const) {
      const loss = () => mse(two.head.forward(one.net.forward(x).output), y);
      const { weight } = one.head.parameters();
      const { bias } = two.head.parameters();
      for (const step of [
        () => optimizer.minimize(loss),
        () => optimizer.minimize(loss, one.head.parameters()),
        () => valueAndGrad(loss, two.head.parameters()),
        () => valueAndGrad(() => sum(x), { weight: weight!, bias: bias! }),
        () => scope(loss),
        () => scope(() => [one.head.forward(randn([1, 5])), scope(() => two.net.forward(x))]),
        () =>
          optimizer.update(
            { weight: weight!, bias: bias! },
            { weight: randn([2, 5]), bias: randn([2]) },
          ),
      ])
        expect(step, `${step}`).toThrow(mixed);
      expect(() => new Stream([one.net, two.head])).toThrow(/same kernels/);
      expect(all.map((p) => p.data)).toEqual(before);
    }
    // In steps of their own they go together.
    const half = wasm.net.forward(x).output;
    expect(js.head.forward(half).shape).toEqual([4, 6, 2]);
  });

  test("gradients of older models may be asked for whatever comes first in the function", async () => {
    const { mul, mse, randn, sum, valueAndGrad } = gatewise;
    const { wasm } = await worlds();
    const x = randn([2, 4, 3], { seed: 3 });
    const wanted = valueAndGrad(() => sum(wasm.net.forward(x).output), wasm.net.parameters());
    const { gradients } = valueAndGrad(() => {
      const half = mul(x, 0.5); // tensors alone: any runtime would do
      return sum(wasm.net.forward(mul(half, 2)).output);
    }, wasm.net.parameters());
    for (const [name, g] of Object.entries(wanted.gradients))
      expect(gradients[name]!.data).toEqual(g.data);
    const none = valueAndGrad(() => mse(x, mul(x, 2)), wasm.head.parameters()).gradients;
    expect([...none.weight!.data]).toEqual(new Array(10).fill(0));
  });

  test("what was computed under one can be used under the other", async () => {
    const { init, jsKernels, add, randn, scope, sum, mul } = gatewise;
    const [a, b] = [randn([3, 3], { seed: 1 }), randn([3, 3], { seed: 2 })];
    const c = add(a, b);
    await init({ kernels: jsKernels, replace: true });
    const d = mul(c, a);
    await init({ replace: true });
    expect(scope(() => sum(add(d, c))).item()).toBeCloseTo(
      d.data.reduce((s, v, k) => s + v + c.data[k]!, 0),
      5,
    );
  });
});

describe("an engine without kernels", () => {
  /** WebAssembly that compiles nothing, be it that it does not understand the bytes or is not allowed to. */
  const compilesNothing = (valid: boolean) => {
    function refuse(): never {
      throw new WebAssembly.CompileError(
        valid ? "disallowed by embedder" : "Wasm SIMD unsupported",
      );
    }
    return Object.create(WebAssembly, {
      Module: { value: refuse },
      compile: { value: async () => refuse() },
      validate: { value: () => valid },
    });
  };
  /** As in WebKit, by a policy. */
  function refused(): never {
    throw new WebAssembly.CompileError("Refused to create a WebAssembly object");
  }
  const forbidden = /forbidden here; allow 'wasm-unsafe-eval' .*init\(\{ module \}\)/;
  const engines = [
    { name: "without SIMD", create: () => compilesNothing(false), says: /cannot compile .*SIMD/ },
    { name: "without WebAssembly", create: () => undefined, says: /cannot compile .*SIMD/ },
    {
      name: "that forbids compiling",
      create: () => compilesNothing(true),
      says: forbidden,
    },
    {
      name: "that compiles, and forbids the instance",
      create: () => Object.create(WebAssembly, { Instance: { value: refused } }),
      says: forbidden,
    },
  ];

  test("that is out of memory: is left to say so", async () => {
    const outOfMemory = new RangeError("WebAssembly.Module(): Out of memory");
    function fail(): never {
      throw outOfMemory;
    }
    const Module = { value: fail };
    const compile = { value: async () => fail() };
    vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Module, compile }));
    expect(works).toThrow(outOfMemory);
    await expect(gatewise.init()).rejects.toBe(outOfMemory);
  });

  for (const { name, create, says } of engines) {
    test(`${name}: first use and init say so and name gatewise/js, which works`, async () => {
      const { engine, init, jsKernels, Linear, randn } = gatewise;
      const bytes = kernelBytes();
      vi.stubGlobal("WebAssembly", create());
      const expected = expect.objectContaining({ message: expect.stringMatching(says) });
      const offers = expect.objectContaining({
        message: expect.stringMatching(/jsKernels \} from "gatewise\/js".*init\(\{ kernels/),
      });
      for (const use of [() => new Linear(2, 2), () => randn([3]), works]) {
        expect(use).toThrow(expected);
        expect(use).toThrow(offers);
      }
      const calls = [{}, { threads: 1 }, ...(name === "without SIMD" ? [] : [{ module: bytes }])];
      for (const options of calls) {
        await expect(init(options)).rejects.toEqual(expected);
        await expect(init(options)).rejects.toEqual(offers);
      }
      await init({ kernels: jsKernels });
      expect(engine().kernels).toBe("js");
      expect(works().every(Number.isFinite)).toBe(true);
    });
  }
});
