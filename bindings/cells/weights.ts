import { checkSize } from "../core/check.ts";
import { createParameters, initializeUniform, type Parameter } from "../core/parameter.ts";
import { seedWords } from "../core/random.ts";
import type { Shape } from "../core/tensor.ts";

/** The parameters of a built-in cell, named as torch names them. With `bias: false` the last two are absent. */
export interface CellParameters extends Record<string, Parameter> {
  /** [G·H, I] */
  weight_ih: Parameter;
  /** [G·H, H] */
  weight_hh: Parameter;
  /** [G·H] */
  bias_ih: Parameter;
  /** [G·H] */
  bias_hh: Parameter;
}

/** A cell's parameters as torch initialises them: all from U(-1/√H, 1/√H). */
export function createCellParameters(
  where: string,
  gates: number,
  inputSize: number,
  hiddenSize: number,
  bias: boolean,
  seed: number | undefined,
): CellParameters {
  checkSize(where, "inputSize", inputSize);
  const rows = gates * checkSize(where, "hiddenSize", hiddenSize);
  seedWords(where, seed);
  const weights = { weight_ih: [rows, inputSize], weight_hh: [rows, hiddenSize] };
  const shapes: Record<string, Shape> = bias
    ? { ...weights, bias_ih: [rows], bias_hh: [rows] }
    : weights;
  const parameters = createParameters(where, shapes);
  initializeUniform(where, Object.values(parameters), 1 / Math.sqrt(hiddenSize), seed);
  return parameters as unknown as CellParameters;
}
