import { checkShape, formatShape, valueError } from "../core/check.ts";
import { Parameter } from "../core/parameter.ts";
import { type Frame, inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";

/** Has an operand packed: into memory of its own that lasts as long as its values for a parameter, of the frame otherwise. */
function packed(
  frame: Frame,
  w: Tensor,
  layout: string,
  floats: number,
  pack: (address: number) => void,
): number {
  if (w instanceof Parameter) {
    frame.at(w);
    return w.packed(layout, floats, pack);
  }
  const address = frame.floats(floats);
  pack(address);
  return address;
}

/** The operand of y = x W for W [k, n], plain. */
function packNn(frame: Frame, w: Tensor): number {
  const [k, n] = w.shape as [number, number];
  const { kernels } = frame;
  return packed(frame, w, "nn", kernels.packed_size(n, k), (to) =>
    kernels.pack_nn(to, frame.at(w), n, k, k, k, n),
  );
}

/** The operand of y = x Wᵀ for W [n, k], plain. */
function packNt(frame: Frame, w: Tensor): number {
  const [n, k] = w.shape as [number, number];
  const { kernels } = frame;
  return packed(frame, w, "nt", kernels.packed_size(n, k), (to) =>
    kernels.pack_nt(to, frame.at(w), n, k, n, n),
  );
}

/** dc [m, n] += aᵀ b for a [rows, m], b [rows, n]. */
function addTransposedProduct(
  frame: Frame,
  dc: number,
  a: number,
  b: number,
  m: number,
  n: number,
  rows: number,
): void {
  const { kernels } = frame;
  const scratch = frame.floats(kernels.gemm_tn_scratch(m, n, rows));
  kernels.gemm_tn(dc, n, a, m, b, n, scratch, m, n, rows, m, m);
}

/**
 * The matrix product of a [..., k] and b [k, n]: shape [..., n].
 * Throws a RangeError where the shapes do not fit.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const where = "matmul";
  checkTensor(where, "a", a);
  checkTensor(where, "b", b);
  const [k, n] = b.shape as [number, number];
  if (a.shape.length < 2 || b.shape.length !== 2 || a.shape.at(-1) !== k)
    throw valueError(
      where,
      "shapes [..., k] and [k, n]",
      `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  return inFrame([a, b], (frame) => {
    const { kernels } = frame;
    const [pa, pb] = [frame.at(a), packNn(frame, b)];
    const y = frame.tensor([...a.shape.slice(0, -1), n]);
    const rows = a.size / k;
    kernels.gemm(frame.at(y), n, 0, 0, pa, k, pb, rows, n, k);
    frame.record([y], [a, b], () => {
      const [da, db, dy] = [frame.gradient(a), frame.gradient(b), frame.flowed(y)];
      if (da) kernels.gemm(da, k, da, k, dy, n, packNt(frame, b), rows, k, n);
      if (db) addTransposedProduct(frame, db, pa, dy, k, n, rows);
    });
    return y;
  });
}

/**
 * x Wᵀ + b for x [..., in], weight [out, in] and, where there is one, bias [out]: shape [..., out].
 * What a gate and a fully connected layer compute.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const where = "linear";
  checkTensor(where, "x", x);
  checkShape(where, "weight", checkTensor(where, "weight", weight).shape, ["out", "in"]);
  const [n, k] = weight.shape as [number, number];
  if (x.shape.at(-1) !== k) throw valueError(where, `x of shape [..., ${k}]`, formatShape(x.shape));
  if (bias) checkShape(where, "bias", checkTensor(where, "bias", bias).shape, [n]);
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return inFrame(inputs, (frame) => {
    const { kernels } = frame;
    const [px, pw, start] = [frame.at(x), packNt(frame, weight), bias ? frame.at(bias) : 0];
    const y = frame.tensor([...x.shape.slice(0, -1), n]);
    const rows = x.size / k;
    kernels.gemm(frame.at(y), n, start, 0, px, k, pw, rows, n, k);
    frame.record([y], inputs, () => {
      const [dx, dw, dy] = [frame.gradient(x), frame.gradient(weight), frame.flowed(y)];
      if (dx) kernels.gemm(dx, k, dx, k, dy, n, packNn(frame, weight), rows, k, n);
      if (dw) addTransposedProduct(frame, dw, dy, px, n, k, rows);
      const db = bias && frame.gradient(bias);
      if (db) kernels.column_sums(db, dy, n, rows, n, n);
    });
    return y;
  });
}
