import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** From the top down: a file may import from its own room and from those below. */
const bindings: readonly (readonly string[])[] = [
  ["index.ts"],
  ["worklet"],
  ["audio", "terminal", "text", "word2vec"],
  ["models", "seq2seq"],
  ["data", "nn", "optim"],
  ["metrics.ts", "unroll.ts"],
  ["cells"],
  ["ops"],
  ["core"],
];
const assembly: readonly (readonly string[])[] = [
  ["index.ts"],
  ["core.ts", "extras.ts", "word2vec.ts"],
  ["cells"],
  [
    "batched.ts",
    "element-loss.ts",
    "gemm.ts",
    "loss.ts",
    "optimizers.ts",
    "random.ts",
    "dropout.ts",
    "layer-norm.ts",
    "word-vectors.ts",
  ],
  [
    "tiles.ts",
    "pack.ts",
    "pointwise.ts",
    "activations.ts",
    "broadcast.ts",
    "reduce.ts",
    "rows.ts",
    "copy.ts",
  ],
  ["sums.ts"],
  ["math.ts"],
  ["clip.ts", "lanes.ts", "heap-base.ts"],
];

/** The plain-TypeScript kernels stand beside everything: they know the interface and the table, nothing else. */
const besides: Readonly<Record<string, readonly string[]>> = {
  js: [
    "core/kernels.ts",
    "core/extras.ts",
    "core/word2vec.ts",
    "cells/sequence-table.ts",
    "word2vec/table.ts",
  ],
};

function imports(folder: string): { from: string; to: string }[] {
  const base = join(root, folder);
  return readdirSync(base, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .flatMap((from) =>
      [...readFileSync(join(base, from), "utf8").matchAll(/\bfrom "(\.[^"]+)"/g)].map(
        ([, path]) => {
          const to = normalize(join(dirname(from), path!));
          return { from, to: to.endsWith(".ts") ? to : `${to}.ts` };
        },
      ),
    );
}

const room = (file: string): string => file.split("/")[0]!;

describe.each([
  { folder: "bindings", layers: bindings },
  { folder: "assembly", layers: assembly },
])("imports in $folder", ({ folder, layers }) => {
  const level = (file: string): number => layers.findIndex((rooms) => rooms.includes(room(file)));

  it("point down only", () => {
    const all = imports(folder);
    expect(all.length).toBeGreaterThan(10);
    const wrong = all.filter(({ from, to }) => {
      const beside = besides[room(from)];
      if (beside) return room(to) !== room(from) && !beside.includes(to);
      return level(from) < 0 || level(to) < 0 || level(to) < level(from);
    });
    const named = wrong.map(({ from, to }) => `${from} imports ${relative(".", to)}`);
    expect(named.filter((line) => !line.startsWith("bench/"))).toEqual([]);
  });
});
