import type { BatchShape, Layer } from "./layer.ts";

/** `[null, 28, 50]` in words of a table: a size that is free is "null", as TensorFlow.js prints it. */
const shapeText = (shape: BatchShape): string => `[${shape.map((n) => n ?? "null").join(",")}]`;

const sizesOf = (parameters: Iterable<{ readonly size: number }>): number => {
  let total = 0;
  for (const { size } of parameters) total += size;
  return total;
};

/** Thousands apart, "1,234,567", whatever the language of the machine. */
const countText = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** A model as a table: its layers with what they put out and how many parameters they have, and the totals. */
export function summaryOf(model: Layer, layers: readonly Layer[]): string {
  const rows = layers.map((layer) => [
    `${layer.name} (${layer.kind})`,
    shapeText(layer.outputShape),
    countText(sizesOf(Object.values(layer.parameters()))),
  ]);
  const table = [["Layer (type)", "Output shape", "Param #"], ...rows];
  const widths = [0, 1, 2].map((i) => Math.max(...table.map((row) => row[i]!.length)));
  const lines = table.map(([name, shape, count]) =>
    [name!.padEnd(widths[0]!), shape!.padEnd(widths[1]!), count!.padStart(widths[2]!)].join("   "),
  );
  const width = lines[0]!.length;
  const [head, ...body] = lines;
  const all = sizesOf(Object.values(model.parameters()));
  const trainable = sizesOf(model.trainableParameters());
  return [
    `Model: "${model.name}"`,
    "_".repeat(width),
    head,
    "=".repeat(width),
    ...body,
    "=".repeat(width),
    `Total params: ${countText(all)}`,
    `Trainable params: ${countText(trainable)}`,
    `Non-trainable params: ${countText(all - trainable)}`,
    "_".repeat(width),
  ].join("\n");
}
