import { add, matmul, mul, type Tensor, transpose } from "gatewise";
import { build, at as valueAt } from "../reference/arrays.ts";
import { type GoldenTensor, numbersOf, tensorOf } from "./suite.ts";

/** What ONNX and WebNN call a general matrix product: alpha A' B' + beta C, C broadcast to it. */
export interface Gemm {
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
  readonly transposeA?: boolean | undefined;
  readonly transposeB?: boolean | undefined;
}

/** C in full: it may have a column, which our addition does not spread over the others. */
function spread(c: GoldenTensor, shape: readonly number[]): GoldenTensor {
  const whole = build(shape, (index) => valueAt({ shape: c.shape, data: numbersOf(c) }, index));
  return { ...c, shape, data: [...whole.data] };
}

export function runGemm(
  [a, b, c]: readonly GoldenTensor[],
  { alpha = 1, beta = 1, transposeA = false, transposeB = false }: Gemm,
): Tensor {
  const turned = (golden: GoldenTensor, turn: boolean) =>
    turn ? transpose(tensorOf(golden)) : tensorOf(golden);
  const product = mul(matmul(turned(a!, transposeA), turned(b!, transposeB)), alpha);
  return c ? add(product, mul(tensorOf(spread(c, product.shape)), beta)) : product;
}
