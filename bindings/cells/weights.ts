import { checkSize } from "../core/check.ts";
import { createParameters, initializeUniform, type Parameter } from "../core/parameter.ts";
import { seedWords } from "../core/random.ts";
import type { Shape } from "../core/tensor.ts";

/** The parameters of a built-in cell, named as torch names them. Those of an option that is off are absent. */
export interface CellParameters extends Record<string, Parameter> {
  /** [G·H, I] */
  weight_ih: Parameter;
  /** [G·H, H], H here and there the size of the state h */
  weight_hh: Parameter;
  /** [G·H] */
  bias_ih: Parameter;
  /** [G·H] */
  bias_hh: Parameter;
}

/** What decides the shapes of a cell's parameters. */
export interface CellSizes {
  readonly gates: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Features of h: hiddenSize where nothing projects it. */
  readonly outputSize: number;
  readonly bias: boolean;
  readonly recurrentBias: boolean;
  /** Parameters beyond torch's four, which come first. */
  readonly more: Readonly<Record<string, Shape>>;
}

/** A cell's parameters as torch initialises them: all from U(-1/√H, 1/√H). */
export function createCellParameters(
  where: string,
  sizes: CellSizes,
  seed: number | undefined,
): CellParameters {
  const { hiddenSize, outputSize, bias, recurrentBias, more } = sizes;
  const inputSize = checkSize(where, "inputSize", sizes.inputSize);
  const rows = sizes.gates * checkSize(where, "hiddenSize", hiddenSize);
  seedWords(where, seed);
  const shapes: Record<string, Shape> = {
    weight_ih: [rows, inputSize],
    weight_hh: [rows, outputSize],
    ...(bias && { bias_ih: [rows] }),
    ...(recurrentBias && { bias_hh: [rows] }),
    ...more,
  };
  const parameters = createParameters(where, shapes);
  initializeUniform(where, Object.values(parameters), 1 / Math.sqrt(hiddenSize), seed);
  return parameters as unknown as CellParameters;
}
