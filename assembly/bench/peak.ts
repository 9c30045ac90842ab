/**
 * The most that a core does with WebAssembly's vectors: multiplications and additions of registers, nothing from memory.
 * What the benchmarks take shares of; no part of the package.
 */

/** Vector multiply-adds in one turn of the loop: enough of them to hide each other's latency. */
const WIDTH: i32 = 12;

/** Runs `turns` turns and returns how many floating-point operations they were. The state goes through `p`, 16 bytes a lane. */
export function peak(p: usize, turns: i32): f64 {
  const m = v128.load(p, 16 * 12);
  let a = v128.load(p);
  let b = v128.load(p, 16);
  let c = v128.load(p, 32);
  let d = v128.load(p, 48);
  let e = v128.load(p, 64);
  let f = v128.load(p, 80);
  let g = v128.load(p, 96);
  let h = v128.load(p, 112);
  let i = v128.load(p, 128);
  let j = v128.load(p, 144);
  let k = v128.load(p, 160);
  let l = v128.load(p, 176);
  for (let t = 0; t < turns; t++) {
    a = f32x4.add(f32x4.mul(a, m), m);
    b = f32x4.add(f32x4.mul(b, m), m);
    c = f32x4.add(f32x4.mul(c, m), m);
    d = f32x4.add(f32x4.mul(d, m), m);
    e = f32x4.add(f32x4.mul(e, m), m);
    f = f32x4.add(f32x4.mul(f, m), m);
    g = f32x4.add(f32x4.mul(g, m), m);
    h = f32x4.add(f32x4.mul(h, m), m);
    i = f32x4.add(f32x4.mul(i, m), m);
    j = f32x4.add(f32x4.mul(j, m), m);
    k = f32x4.add(f32x4.mul(k, m), m);
    l = f32x4.add(f32x4.mul(l, m), m);
  }
  v128.store(p, f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f)));
  v128.store(p, f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(i, j)), f32x4.add(k, l)), 16);
  return <f64>turns * <f64>(WIDTH * 4 * 2);
}
