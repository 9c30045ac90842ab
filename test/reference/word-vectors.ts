import { words as randomWords } from "./philox.ts";

/** What a call of word_vectors_train is given, as ordinary arrays; vectors are changed. */
export interface Call {
  readonly input: readonly Float64Array[];
  readonly output: readonly Float64Array[];
  readonly sentences: readonly (readonly number[])[];
  readonly keep: readonly number[];
  readonly noise: readonly (readonly [below: number, alias: number])[];
  readonly window: number;
  readonly negative: number;
  readonly cbow: boolean;
  readonly rate: number;
  readonly seed: readonly [low: number, high: number];
  readonly stream: number;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Mikolov et al. 2013, equation 4. Slopes are from the values before the step; a row that is there twice moves twice. */
function step(
  { output, rate }: Call,
  h: Float64Array,
  word: number,
  noise: number[],
): Float64Array {
  const targets = [word, ...noise.filter((other) => other !== word)];
  const slopes = targets.map(
    (target, k) => rate * ((k === 0 ? 1 : 0) - sigmoid(dot(output[target]!, h))),
  );
  const error = new Float64Array(h.length);
  targets.forEach((target, k) => {
    const u = output[target]!;
    for (let i = 0; i < h.length; i++) {
      error[i]! += slopes[k]! * u[i]!;
      u[i]! += slopes[k]! * h[i]!;
    }
  });
  return error;
}

/** How many words of sentences were left, and how many steps were made. */
export interface Done {
  readonly left: number;
  readonly steps: number;
}

export function trainWordVectors(call: Call): Done {
  const { input, sentences, keep, noise, window, negative, cbow, seed, stream } = call;
  const random = randomWords(4 * 4096, ...seed, stream);
  const pick = (u: number): number => {
    const place = BigInt(u) * BigInt(noise.length);
    const column = Number(place >> 32n);
    const [below, alias] = noise[column]!;
    return Number(place & 0xffff_ffffn) < below ? column : alias;
  };
  let at = 0;
  const draw = (count: number): number[] => {
    const drawn = random.slice(at, at + count);
    at += 4 * Math.ceil(count / 4);
    return drawn;
  };
  let [left, steps] = [0, 0];
  for (const sentence of sentences) {
    const chances = draw(sentence.length);
    const kept = sentence.filter((word, i) => chances[i]! <= keep[word]!);
    const reaches = draw(kept.length).map((u) => 1 + Math.floor((u / 2 ** 32) * window));
    left += kept.length;
    kept.forEach((word, t) => {
      const first = Math.max(t - reaches[t]!, 0);
      const last = Math.min(t + reaches[t]!, kept.length - 1);
      const near: number[] = [];
      for (let c = first; c <= last; c++) if (c !== t) near.push(kept[c]!);
      if (near.length === 0) return;
      const others = draw(cbow ? negative : near.length * negative).map(pick);
      const groups = cbow ? [near] : near.map((c) => [c]);
      groups.forEach((group, g) => {
        const mean = input[0]!.map((_, i) => group.reduce((sum, c) => sum + input[c]![i]!, 0));
        const h = mean.map((sum) => sum / group.length);
        const error = step(call, h, word, others.slice(g * negative, (g + 1) * negative));
        for (const c of group) for (let i = 0; i < h.length; i++) input[c]![i]! += error[i]!;
        steps++;
      });
    });
  }
  return { left, steps };
}
