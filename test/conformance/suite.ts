import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Tensor, tensor } from "gatewise";
import { afterAll, test } from "vitest";
import { expectClose, type Tolerance } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { sharedFolder } from "../shared.ts";

/** A tensor as the suites write it: flat, row-major; NaN and infinities as strings. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly (number | string)[];
}

export interface Case {
  readonly name: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
  readonly weights?: Readonly<Record<string, GoldenTensor>>;
  readonly gradients?: Readonly<Record<string, GoldenTensor>>;
  readonly upstream_gradients?: Readonly<Record<string, GoldenTensor>>;
  readonly tolerance: Readonly<Record<string, unknown>>;
  readonly disabled_upstream?: boolean;
  readonly expect_failure?: boolean;
}

/**
 * How the cases of one suite are run. `skip` gives the reason why a case needs something that is not built yet, and
 * nothing else: what it does not know it lets through, so that `run` fails on it.
 */
export interface Adapter {
  readonly skip: (golden: Case) => string | undefined;
  readonly run: (golden: Case) => void | Promise<void>;
}

/** An adapter for some of a suite's operators. */
export interface Piece extends Adapter {
  readonly knows: (op: string) => boolean;
}

/** Adapters for different operators as one. */
export function joined(pieces: readonly Piece[]): Adapter {
  const pieceOf = ({ op }: Case): Piece | undefined => pieces.find((piece) => piece.knows(op));
  return {
    skip(golden) {
      const piece = pieceOf(golden);
      return piece ? piece.skip(golden) : `${golden.op} is out of scope`;
    },
    run: (golden) => pieceOf(golden)!.run(golden),
  };
}

/** Runs each case of a suite on each kernel set, and prints what was run and what was skipped, and why. */
export function describeSuite(suite: string, adapter: Adapter): void {
  const path = resolve(sharedFolder(), "conformance", `${suite}.json`);
  if (!existsSync(path)) {
    test(`conformance ${suite}`, (context) => {
      console.log(`conformance ${suite}: skipped, ${path} is not there (set GATEWISE_SHARED)`);
      context.skip(`${path} is not there`);
    });
    return;
  }
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: readonly Case[] };
  const skipped = new Map(cases.map((golden) => [golden, adapter.skip(golden)] as const));
  const reasons = cases.filter((golden) => skipped.get(golden) !== undefined);
  afterAll(() => {
    const lines = reasons.map((golden) => `  skipped ${golden.name}: ${skipped.get(golden)}`);
    const counts = `${cases.length - reasons.length} of ${cases.length} cases run, ${reasons.length} skipped`;
    const run = cases.filter((golden) => skipped.get(golden) === undefined);
    const failing = run.filter((golden) => golden.expect_failure);
    const disabled = run.filter((golden) => golden.disabled_upstream);
    for (const golden of failing) lines.push(`  must throw a RangeError: ${golden.name}`);
    for (const golden of disabled)
      lines.push(`  disabled upstream, run all the same: ${golden.name}`);
    console.log([`conformance ${suite}: ${counts}`, ...lines].join("\n"));
  });
  describeKernelSets(`conformance ${suite}`, () => {
    for (const golden of cases) {
      test(golden.name, async (context) => {
        const reason = skipped.get(golden);
        if (reason !== undefined) context.skip(reason);
        await adapter.run(golden);
      });
    }
  });
}

/** The numbers of a golden tensor. */
export const numbersOf = ({ data }: GoldenTensor): Float64Array => Float64Array.from(data, Number);

/** A golden tensor as ours, in the shape given or its own. */
export const tensorOf = (golden: GoldenTensor, shape: readonly number[] = golden.shape): Tensor =>
  tensor(Float32Array.from(numbersOf(golden)), [...shape]);

/** The numbers of a result against those of the suite. */
export function expectGolden(
  actual: ArrayLike<number>,
  golden: GoldenTensor,
  tolerance: Tolerance,
  label: string,
): void {
  expectClose(actual, numbersOf(golden), tolerance, label);
}
