import { Lanes } from "./lanes";
import { VectorMath } from "./math";
import { Random } from "./random";

/**
 * Word vectors by negative sampling: T. Mikolov et al., "Distributed Representations of Words and Phrases and their
 * Compositionality", 2013, equation 4, with the subsampling of section 2.3. A step is about a word w and what predicts it, h:
 *
 *   L   = -log σ(u_w · h) - Σ_k log σ(-u_k · h)       k: N words of noise; those that are w are left out
 *   g_w = rate · (1 - σ(u_w · h))      g_k = -rate · σ(u_k · h)
 *   e   = Σ g u                        u += g h           every g from the values before the step
 *
 *   skip-gram   a step for each word c of the window around w:  h = v_c, v_c += e
 *   CBOW        a step for the window as a whole:  h = mean of v_c, each v_c += e (not e / count: as the authors' program)
 *
 * v are rows of `input`, u rows of `output`. A row has D floats, a multiple of four; what is beyond the vector's size is 0
 * and stays 0. Noise that is drawn twice in a step counts twice, the second time with u as the first time left it.
 */

/**
 * What the kernel is given: one table of words in memory, filled by bindings/word2vec/trainer.ts in this order. work: no
 * meaning outside one call; R = N + 1 rounded up to whole groups, n = the most words of a call.
 */
@unmanaged
class Training {
  input: usize; // f32 [V, D], changed
  output: usize; // f32 [V, D], changed
  vocabulary: i32; // V
  size: i32; // D
  window: i32; // words to either side, at most
  negative: i32; // N
  cbow: i32; // 1, or 0 for skip-gram
  seed_low: i32;
  seed_high: i32;
  keep: usize; // u32 [V]: a word stays in its sentence where a random u32 is no larger
  noise: usize; // u32 [V, 2], A. J. Walker's alias method, 1977: column c is word c below noise[c, 0], else word noise[c, 1]
  words: usize; // i32 [n]: sentences of words 0 … V - 1, a word below 0 behind each
  kept: usize; // i32 [n] work: what is left of a sentence
  random: usize; // u32 [n rounded up to 4] work
  draws: usize; // u32 [2 · window · N rounded up to 4] work
  rows: usize; // u32 [R] work: addresses of u
  slopes: usize; // f32 [R rounded up to 4] work: u · h, then g
  mean: usize; // f32 [D] work
  error: usize; // f32 [D] work
  stream: i32; // work: of the random numbers, and their next block
  block: i32;
}

/** Rows that share a loop: one word and the usual five of noise. A row at a time takes 1.5 times as long (CBOW: 1.3). */
const GROUP = 6;

/** The next `count` random words, rounded up to whole blocks. */
function draw(s: Training, words: usize, count: i32): void {
  for (; count > 0; count -= 4, words += 16)
    v128.store(words, Random.block(s.block++, s.stream, s.seed_low, s.seed_high));
}

/** y += x: y, x [D]. */
export function add_row(y: usize, x: usize, size: i32): void {
  for (const end = y + ((<usize>size) << 2); y < end; y += 16, x += 16)
    v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
}

/** slopes[k] = rows[k] · h for a group: slopes [6], rows [6] of addresses, h [D]. */
export function score_rows(slopes: usize, h: usize, rows: usize, size: i32): void {
  let u0 = load<usize>(rows);
  let u1 = load<usize>(rows, 4);
  let u2 = load<usize>(rows, 8);
  let u3 = load<usize>(rows, 12);
  let u4 = load<usize>(rows, 16);
  let u5 = load<usize>(rows, 20);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  for (const end = h + ((<usize>size) << 2); h < end; h += 16) {
    const x = v128.load(h);
    s0 = Lanes.fma(s0, v128.load(u0), x);
    s1 = Lanes.fma(s1, v128.load(u1), x);
    s2 = Lanes.fma(s2, v128.load(u2), x);
    s3 = Lanes.fma(s3, v128.load(u3), x);
    s4 = Lanes.fma(s4, v128.load(u4), x);
    s5 = Lanes.fma(s5, v128.load(u5), x);
    u0 += 16;
    u1 += 16;
    u2 += 16;
    u3 += 16;
    u4 += 16;
    u5 += 16;
  }
  f32.store(slopes, Lanes.sum(s0));
  f32.store(slopes, Lanes.sum(s1), 4);
  f32.store(slopes, Lanes.sum(s2), 8);
  f32.store(slopes, Lanes.sum(s3), 12);
  f32.store(slopes, Lanes.sum(s4), 16);
  f32.store(slopes, Lanes.sum(s5), 20);
}

class Update {
  /** One vector of a row: u += g · x in memory. Returns sum + g · u of before. */
  @inline static row(sum: v128, u: usize, g: v128, x: v128): v128 {
    const before = v128.load(u);
    v128.store(u, Lanes.fma(before, g, x));
    return Lanes.fma(sum, g, before);
  }
}

/** e += Σ slopes[k] · rows[k], rows[k] += slopes[k] · h for a group: e, h [D], rows [6] of addresses, slopes [6]. e may be h. */
export function update_rows(e: usize, h: usize, rows: usize, slopes: usize, size: i32): void {
  let u0 = load<usize>(rows);
  let u1 = load<usize>(rows, 4);
  let u2 = load<usize>(rows, 8);
  let u3 = load<usize>(rows, 12);
  let u4 = load<usize>(rows, 16);
  let u5 = load<usize>(rows, 20);
  const g0 = v128.load32_splat(slopes);
  const g1 = v128.load32_splat(slopes, 4);
  const g2 = v128.load32_splat(slopes, 8);
  const g3 = v128.load32_splat(slopes, 12);
  const g4 = v128.load32_splat(slopes, 16);
  const g5 = v128.load32_splat(slopes, 20);
  for (const end = h + ((<usize>size) << 2); h < end; h += 16, e += 16) {
    const x = v128.load(h);
    let sum = Update.row(v128.load(e), u0, g0, x);
    sum = Update.row(sum, u1, g1, x);
    sum = Update.row(sum, u2, g2, x);
    sum = Update.row(sum, u3, g3, x);
    sum = Update.row(sum, u4, g4, x);
    v128.store(e, Update.row(sum, u5, g5, x));
    u0 += 16;
    u1 += 16;
    u2 += 16;
    u3 += 16;
    u4 += 16;
    u5 += 16;
  }
}

/** slopes [count]: from u · h to g, 0 for rows that are the first one again. */
function score_slopes(slopes: usize, rows: usize, count: i32, rate: f32): void {
  const word = i32x4.splat(i32.load(rows));
  let label = f32x4.replace_lane(f32x4.splat(0), 0, 1);
  let first = i32x4.replace_lane(i32x4.splat(0), 0, -1);
  for (; count > 0; count -= 4, slopes += 16, rows += 16) {
    const error = f32x4.sub(label, VectorMath.sigmoid(v128.load(slopes)));
    const used = v128.or(first, i32x4.ne(v128.load(rows), word));
    v128.store(slopes, v128.and(f32x4.mul(f32x4.splat(rate), error), used));
    label = f32x4.splat(0);
    first = label;
  }
}

/** The rows of a step: those of the word and of a word for each draw, then the word's again up to whole groups. */
function choose_rows(s: Training, word: i32, draws: usize): i32 {
  const stride = (<usize>s.size) << 2;
  const first = s.output + <usize>word * stride;
  const count = ((s.negative + GROUP) / GROUP) * GROUP;
  for (let k = 0; k < count; k++) {
    let row = first;
    if (k > 0 && k <= s.negative) {
      const place = <u64>load<u32>(draws) * <u64>s.vocabulary;
      const column = <usize>(place >> 32);
      const entry = s.noise + (column << 3);
      const other = <u32>place < load<u32>(entry) ? column : load<usize>(entry, 4);
      row = s.output + other * stride;
      draws += 4;
    }
    store<usize>(s.rows + ((<usize>k) << 2), row);
  }
  return count;
}

/** A step for the word by h, with a draw for each word of noise: e += Σ g u, u += g h. e may be h where N < 6. */
function train_step(s: Training, e: usize, h: usize, word: i32, draws: usize, rate: f32): void {
  const count = choose_rows(s, word, draws);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 4 * GROUP)
    score_rows(s.slopes + at, h, s.rows + at, s.size);
  score_slopes(s.slopes, s.rows, count, rate);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 4 * GROUP)
    update_rows(e, h, s.rows + at, s.slopes + at, s.size);
}

/** What is left of a sentence. */
class Kept {
  @inline static word(s: Training, i: i32): i32 {
    return i32.load(s.kept + ((<usize>i) << 2));
  }

  /** The word's v. */
  @inline static row(s: Training, i: i32): usize {
    return s.input + ((<usize>Kept.word(s, i) * <usize>s.size) << 2);
  }
}

/** Word t by each of the words first … last around it. */
function skip_gram(s: Training, t: i32, first: i32, last: i32, rate: f32): void {
  draw(s, s.draws, (last - first) * s.negative);
  let draws = s.draws;
  for (let c = first; c <= last; c++) {
    if (c == t) continue;
    const v = Kept.row(s, c);
    let h = v;
    if (s.negative >= GROUP) {
      h = s.mean; // the second group is to see what the first one saw
      memory.copy(h, v, (<usize>s.size) << 2);
    }
    train_step(s, v, h, Kept.word(s, t), draws, rate);
    draws += (<usize>s.negative) << 2;
  }
}

/** Word t by the mean of the words first … last around it. */
function cbow(s: Training, t: i32, first: i32, last: i32, rate: f32): void {
  const bytes = (<usize>s.size) << 2;
  draw(s, s.draws, s.negative);
  memory.fill(s.mean, 0, bytes);
  memory.fill(s.error, 0, bytes);
  for (let c = first; c <= last; c++) if (c != t) add_row(s.mean, Kept.row(s, c), s.size);
  const share = f32x4.splat(<f32>1 / <f32>(last - first));
  for (let p = s.mean; p < s.mean + bytes; p += 16) v128.store(p, f32x4.mul(share, v128.load(p)));
  train_step(s, s.error, s.mean, Kept.word(s, t), s.draws, rate);
  for (let c = first; c <= last; c++) if (c != t) add_row(Kept.row(s, c), s.error, s.size);
}

/** Leaves out frequent words at random. Returns how many of `length` are left. */
function subsample(s: Training, words: usize, length: i32): i32 {
  draw(s, s.random, length);
  let left = 0;
  for (let i: usize = 0; i < (<usize>length) << 2; i += 4) {
    const word = i32.load(words + i);
    if (load<u32>(s.random + i) > load<u32>(s.keep + ((<usize>word) << 2))) continue;
    i32.store(s.kept + ((<usize>left) << 2), word);
    left++;
  }
  return left;
}

/**
 * Trains on the first n of `words`, one after the other. Windows reach 1 … window words to either side, drawn for each
 * word. Random numbers are the words of the stream (see random.ts) in blocks of their own: of each sentence first those of
 * its words, then those of the windows of what is left, then those of the noise, window by window.
 */
export function word_vectors_train(table: usize, n: i32, rate: f32, stream: i32): void {
  const s = changetype<Training>(table);
  s.stream = stream;
  s.block = 0;
  const end = s.words + ((<usize>n) << 2);
  for (let words = s.words; words < end; words += 4) {
    const begin = words;
    while (i32.load(words) >= 0) words += 4;
    const length = subsample(s, begin, <i32>((words - begin) >> 2));
    draw(s, s.random, length);
    for (let t = 0; t < length; t++) {
      const u = <u64>load<u32>(s.random + ((<usize>t) << 2));
      const reach = 1 + <i32>((u * <u64>s.window) >> 32);
      const first = max(t - reach, 0);
      const last = min(t + reach, length - 1);
      if (first == last) continue;
      if (s.cbow) cbow(s, t, first, last, rate);
      else skip_gram(s, t, first, last, rate);
    }
  }
}
