/** Layer normalisation of rows of n, in float64. */
export function layerNorm(
  x: Float64Array,
  weight: Float64Array | undefined,
  bias: Float64Array | undefined,
  n: number,
  epsilon: number,
): { y: Float64Array; mean: Float64Array; rstd: Float64Array } {
  const rows = x.length / n;
  const mean = new Float64Array(rows);
  const rstd = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * n, (r + 1) * n);
    mean[r] = row.reduce((sum, v) => sum + v, 0) / n;
    const variance = row.reduce((sum, v) => sum + (v - mean[r]!) ** 2, 0) / n;
    rstd[r] = 1 / Math.sqrt(variance + epsilon);
  }
  const y = x.map((v, k) => {
    const [r, i] = [Math.floor(k / n), k % n];
    return (v - mean[r]!) * rstd[r]! * (weight?.[i] ?? 1) + (bias?.[i] ?? 0);
  });
  return { y, mean, rstd };
}
