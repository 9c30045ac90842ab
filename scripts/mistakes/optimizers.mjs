import { mistakesIn } from "./write.mjs";

const optimizing = ["test/optim/optimizers.test.ts", "test/optim/trajectories.test.ts"];
const updating = ["test/kernels/optimizers.test.ts", ...optimizing];
const wasm = mistakesIn("optimizers, wasm", "assembly/optimizers.ts", updating);
const js = mistakesIn("optimizers, js", "bindings/js/optimizers.ts", updating);
const adam = mistakesIn("Adam", "bindings/optim/adam.ts", optimizing);
const sgd = mistakesIn("SGD", "bindings/optim/sgd.ts", optimizing);
const clip = mistakesIn("clipping", "bindings/optim/clip.ts", optimizing);
const optimizer = mistakesIn("optimizer", "bindings/optim/optimizer.ts", [
  ...optimizing,
  "test/optim/groups.test.ts",
]);

const byValue = `  if (clipValue !== undefined)
    for (const { gradient, size } of joined)
      kernels.clip_forward(gradient, gradient, size, -clipValue, clipValue);
`;
const byNorm = "  shrink(kernels, joined, clipNorm / (all + 1e-6)); // as torch has it\n";

export const optimizerMistakes = [
  wasm("Adam's epsilon inside the root", [
    "Lanes.fma(least, f32x4.sqrt(top), unbias)",
    "f32x4.mul(f32x4.sqrt(f32x4.add(top, least)), unbias)",
  ]),
  wasm("Adam's epsilon left out", [
    "Lanes.fma(least, f32x4.sqrt(top), unbias)",
    "f32x4.mul(f32x4.sqrt(top), unbias)",
  ]),
  wasm("Adam's correction of v dropped", [
    "Lanes.fma(least, f32x4.sqrt(top), unbias)",
    "f32x4.add(least, f32x4.sqrt(top))",
  ]),
  wasm("Adam's m forgets nothing", ["f32x4.splat(<f32>beta1)", "f32x4.splat(1)"]),
  wasm("AMSGrad's largest v forgotten", [
    "      top = f32x4.max(top, Lanes.load(largest, n));\n",
    "",
  ]),
  wasm("momentum dropped", [
    "Lanes.fma(f32x4.mul(share, g), keep, Lanes.load(velocity, n))",
    "f32x4.mul(share, g)",
  ]),
  wasm("dampening dropped", ["Lanes.fma(f32x4.mul(share, g), keep", "Lanes.fma(g, keep"]),
  wasm("velocity not kept", [
    "      Lanes.store(velocity, d, n);\n      velocity += 16;\n      if (nesterov)",
    "      velocity += 16;\n      if (nesterov)",
  ]),
  wasm("Nesterov's look ahead left out", ["      if (nesterov) d = Lanes.fma(g, keep, d);\n", ""]),
  wasm("RMSprop's epsilons exchanged", [
    "f32x4.add(f32x4.sqrt(f32x4.add(s, within)), beside)",
    "f32x4.add(f32x4.sqrt(f32x4.add(s, beside)), within)",
  ]),
  wasm("RMSprop not centred", ["f32x4.sub(s, f32x4.mul(a, a))", "s"]),
  wasm("RMSprop's momentum dropped", ["Lanes.fma(d, onward, Lanes.load(velocity, n))", "d"]),

  js("Adam's epsilon inside the root", [
    "(Math.sqrt(square) * root + floor)",
    "(Math.sqrt(square + floor) * root)",
  ]),
  js("Adam's epsilon left out", [
    "(Math.sqrt(square) * root + floor)",
    "(Math.sqrt(square) * root)",
  ]),
  js("Adam's correction of v dropped", [
    "(Math.sqrt(square) * root + floor)",
    "(Math.sqrt(square) + floor)",
  ]),
  js("AMSGrad's largest v forgotten", ["Math.max(square, f[l]!)", "square"]),
  js("momentum dropped", ["keep * f[u]! + share * g", "share * g"]),
  js("dampening dropped", ["+ share * g;\n      f[u]", "+ g;\n      f[u]"]),
  js("Nesterov's look ahead left out", ["nesterov !== 0 ? g + keep * moved : moved", "moved"]),
  js("RMSprop's epsilons exchanged", [
    "Math.sqrt(s + within) + beside",
    "Math.sqrt(s + beside) + within",
  ]),
  js("RMSprop not centred", ["s - average * average", "s"]),
  js("RMSprop's momentum dropped", ["        d += onward * f[u]!;\n", ""]),

  adam("correction of m dropped", ["learningRate / (1 - power(beta1, step))", "learningRate"]),
  adam("correction of v dropped", ["1 / Math.sqrt(1 - power(beta2, step))", "1"]),
  adam("betas exchanged", ["      beta1,\n      beta2,\n", "      beta2,\n      beta1,\n"]),
  adam("epsilon ignored", ["epsilonHat ? epsilon * correction : epsilon", "1e-8"]),
  adam("epsilon always beside the corrected root", [
    "epsilonHat ? epsilon * correction : epsilon",
    "epsilon",
  ]),
  adam("AMSGrad dropped", ["moments.largest ?? 0", "0"]),
  sgd("momentum dropped", ["momentum > 0 ? { velocity: 0 } : {}", "{}"]),
  sgd("velocity dropped", ["moments.velocity ?? 0", "0"]),
  sgd("the first update dampened, too", ["step === 1 ? 1 : 1 - dampening", "1 - dampening"]),

  clip("by value off", [byValue, ""]),
  clip("by value after the norm", [byValue, ""], [byNorm, byNorm + byValue]),
  clip("by norm off", ["if (factor >= 1) return;", "if (factor >= 0) return;"]),
  clip("by norm scales up, too", ["  if (factor >= 1) return;\n", ""]),
  clip("by the norm of each block", ["squares += kernels", "squares = kernels"]),
  clip("each by the norm of all", [
    "clipNormEach / norm(kernels, [one])",
    "clipNormEach / norm(kernels, each)",
  ]),

  optimizer("updates not counted", [
    "    for (const p of parameters) this.#updates.set(p, this.#nextUpdate(p));\n",
    "",
  ]),
  optimizer("moments share their memory", ["slabs.get(name) ??", "[...slabs.values()][0] ??"]),
  optimizer("packed weights not made anew", ["block.version++", "block.version += 0"]),
  optimizer("decoupled decay exchanged with the other", [
    "if (this.#rule.decoupled)",
    "if (!this.#rule.decoupled)",
  ]),
  optimizer("frozen groups are trained", ["=> !this.#groupFor(p).frozen", "=> this.#groupFor(p)"]),
];
