import { checkShape, formatShape, valueError } from "../core/check.ts";
import type { Kernels } from "../core/kernels.ts";
import { Parameter } from "../core/parameter.ts";
import { type Frame, inFrame } from "../core/scope.ts";
import { checkTensor, type Shape, sizeOf, type Tensor } from "../core/tensor.ts";
import { stridesOf } from "../core/views.ts";

/** A matrix [rows, columns] as an operand: of y = x W ("nn") or of y = x Wᵀ ("nt"). */
function pack(k: Kernels, to: number, from: number, w: Tensor, layout: "nn" | "nt"): void {
  const [rows, columns] = w.shape as [number, number];
  if (layout === "nn") k.pack_nn(to, from, columns, rows, rows, rows, columns);
  else k.pack_nt(to, from, rows, columns, rows, rows);
}

function packedSize(k: Kernels, w: Tensor, layout: "nn" | "nt"): number {
  const [rows, columns] = w.shape as [number, number];
  return layout === "nn" ? k.packed_size(columns, rows) : k.packed_size(rows, columns);
}

/** A parameter as an operand, packed once and again after its values have changed. */
export function packParameter(w: Parameter, layout: "nn" | "nt"): number {
  const { kernels } = w.home;
  return w.packed(layout, packedSize(kernels, w, layout), (to) =>
    pack(kernels, to, w.address, w, layout),
  );
}

/** A matrix as an operand, in memory of the frame where it is not a parameter. */
function operand(frame: Frame, w: Tensor, layout: "nn" | "nt"): number {
  const from = frame.at(w);
  if (w instanceof Parameter) return packParameter(w, layout);
  const to = frame.floats(packedSize(frame.kernels, w, layout));
  pack(frame.kernels, to, from, w, layout);
  return to;
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

/** The product of the rows of a [..., k] with one matrix b [k, n]. */
function rowsTimesMatrix(a: Tensor, b: Tensor): Tensor {
  const [k, n] = b.shape as [number, number];
  return inFrame([a, b], (frame) => {
    const { kernels } = frame;
    const [pa, pb] = [frame.at(a), operand(frame, b, "nn")];
    const y = frame.tensor([...a.shape.slice(0, -1), n]);
    const rows = a.size / k;
    kernels.gemm(frame.at(y), n, 0, 0, pa, k, pb, rows, n, k);
    frame.record([y], [a, b], () => {
      const [da, db, dy] = [frame.gradient(a), frame.gradient(b), frame.flowed(y)];
      if (da) kernels.gemm(da, k, da, k, dy, n, operand(frame, b, "nt"), rows, k, n);
      if (db) addTransposedProduct(frame, db, pa, dy, k, n, rows);
    });
    return y;
  });
}

/** Leading axes by numpy's rules: the last ones face each other, and a size of 1, or an axis that is not there, is repeated. */
function broadcastAxes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const along = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const pairs = Array.from(
    { length: rank },
    (_, axis) => [along(a, axis), along(b, axis)] as const,
  );
  if (pairs.some(([m, n]) => m !== n && m !== 1 && n !== 1)) return undefined;
  return pairs.map(([m, n]) => Math.max(m, n));
}

/** Which matrix out of `own` leading axes stands at each place of the broadcast ones. */
function placesOf(own: Shape, all: Shape): Int32Array {
  const strides = stridesOf(own).map((stride, axis) => (own[axis] === 1 ? 0 : stride));
  const skipped = all.length - own.length;
  return Int32Array.from({ length: sizeOf(all) }, (_, place) => {
    let index = 0;
    for (let axis = all.length - 1; axis >= skipped; axis--) {
      index += (place % all[axis]!) * strides[axis - skipped]!;
      place = Math.floor(place / all[axis]!);
    }
    return index;
  });
}

/** What the kernel does with its matrices: C = A B, C += A Bᵀ or C += Aᵀ B. */
const products = { nn: 0, nt: 1, tn: 2 } as const;

/** Products of the matrices a [..., m, k] and b [..., k, n], whose leading axes are broadcast to `lead`. */
function batchedProduct(a: Tensor, b: Tensor, lead: Shape): Tensor {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const [ofA, ofB] = [placesOf(a.shape.slice(0, -2), lead), placesOf(b.shape.slice(0, -2), lead)];
  const ofY = Int32Array.from(ofA.keys());
  const batch = ofY.length;
  return inFrame([a, b], (frame) => {
    const { kernels } = frame;
    const places = (...lists: readonly Int32Array[]): number =>
      frame.words(Array.from(ofY).flatMap((i) => lists.map((list) => list[i]!)));
    const [pa, pb] = [frame.at(a), frame.at(b)];
    const y = frame.tensor([...lead, m, n]);
    const packed = frame.floats(kernels.packed_size(n, k));
    const py = frame.at(y);
    kernels.batched_gemm(py, pa, pb, places(ofY, ofA, ofB), packed, batch, m, n, k, products.nn);
    frame.record([y], [a, b], () => {
      const [da, db, dy] = [frame.gradient(a), frame.gradient(b), frame.flowed(y)];
      if (da) {
        const scratch = frame.floats(kernels.packed_size(k, n));
        const order = places(ofA, ofY, ofB);
        kernels.batched_gemm(da, dy, pb, order, scratch, batch, m, k, n, products.nt);
      }
      if (db) {
        const scratch = frame.floats(kernels.gemm_tn_scratch(k, n, m));
        const order = places(ofB, ofA, ofY);
        kernels.batched_gemm(db, pa, dy, order, scratch, batch, k, n, m, products.tn);
      }
    });
    return y;
  });
}

/**
 * The matrix product of a [..., m, k] and b [..., k, n]: shape [..., m, n]. Leading axes are broadcast as numpy does it: a
 * size of 1, or an axis that only the other one has, is repeated. Throws a RangeError where the shapes do not fit.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const where = "matmul";
  checkTensor(where, "a", a);
  checkTensor(where, "b", b);
  const fits = a.shape.length >= 2 && b.shape.length >= 2 && a.shape.at(-1) === b.shape.at(-2);
  const lead = broadcastAxes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!fits || !lead)
    throw valueError(
      where,
      "shapes [..., m, k] and [..., k, n]",
      `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  return b.shape.length === 2 ? rowsTimesMatrix(a, b) : batchedProduct(a, b, lead);
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
  if (bias !== undefined) checkShape(where, "bias", checkTensor(where, "bias", bias).shape, [n]);
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return inFrame(inputs, (frame) => {
    const { kernels } = frame;
    const [px, pw, start] = [frame.at(x), operand(frame, weight, "nt"), bias ? frame.at(bias) : 0];
    const y = frame.tensor([...x.shape.slice(0, -1), n]);
    const rows = x.size / k;
    kernels.gemm(frame.at(y), n, start, 0, px, k, pw, rows, n, k);
    frame.record([y], inputs, () => {
      const [dx, dw, dy] = [frame.gradient(x), frame.gradient(weight), frame.flowed(y)];
      if (dx) kernels.gemm(dx, k, dx, k, dy, n, operand(frame, weight, "nn"), rows, k, n);
      if (dw) addTransposedProduct(frame, dw, dy, px, n, k, rows);
      const db = bias && frame.gradient(bias);
      if (db) kernels.column_sums(db, dy, n, rows, n, n);
    });
    return y;
  });
}
