import { add, type Cell, init, mse, randn, type Tensor, valueAndGrad } from "gatewise";
import { afterEach, expect, test, vi } from "vitest";
import type { BuiltInCell } from "../../bindings/cells/built-in.ts";
import { layOut, type Schedule } from "../../bindings/cells/schedule.ts";
import { Pool } from "../../bindings/core/pool.ts";
import { gatherRows } from "../../bindings/ops/rows.ts";
import { expectFloat32 } from "../close.ts";
import { inNode } from "../engines/host.ts";
import { gradientsBesideOthers } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { partsOf, stateOf } from "./oracle.ts";
import { registry, type State } from "./registry.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

interface Case {
  readonly V: number;
  readonly I: number;
  readonly H: number;
  readonly lengths: readonly number[];
  readonly checkpointEvery?: number;
}

// biome-ignore format: a table
const cases: readonly Case[] = [
  { V: 5, I: 3, H: 4, lengths: [6, 6, 6] },
  { V: 2, I: 1, H: 1, lengths: [4] },
  { V: 9, I: 5, H: 9, lengths: [1, 7, 0, 4, 9] },
  { V: 4, I: 8, H: 17, lengths: [3, 3, 3, 3, 3] },
  { V: 17, I: 4, H: 3, lengths: [5, 5, 9], checkpointEvery: 2 },
  { V: 300, I: 9, H: 5, lengths: [40, 40, 40, 40, 40, 40, 40, 40, 40] }, // more than a block of the product
];

const scheduleOf = ({ lengths, checkpointEvery }: Case): Schedule =>
  layOut(lengths.length, Math.max(...lengths), true, lengths, checkpointEvery);

/** Entries for rows: one is never taken, most of them several times. */
const numbersFor = (rows: number, entries: number): Int32Array =>
  Int32Array.from({ length: rows }, (_, r) => (r * r + 3 * r) % (entries - 1 || 1));

type Unroll = (
  cell: BuiltInCell<State>,
  table: Tensor,
  index: Int32Array,
  schedule: Schedule,
  first: State,
) => { outputs: Tensor; state: State };

const byEntries: Unroll = (cell, table, index, schedule, first) =>
  cell.unrollEntries(table, index, schedule, first);
const byRows: Unroll = (cell, table, index, schedule, first) =>
  cell.unroll(gatherRows(table, index), schedule, first);

/** Outputs and the last state, and the gradients of everything that goes in. */
function run(create: () => Cell<State>, shape: Case, unroll: Unroll) {
  const cell = create() as unknown as BuiltInCell<State>;
  const schedule = scheduleOf(shape);
  const { batch, rows } = schedule;
  const random = (n: number, size: number, seed: number): Tensor => randn([n, size], { seed });
  const states = partsOf(cell.zeroState(1));
  const first = Object.fromEntries(
    Object.keys(states).map((name, k) => [name, random(batch, shape.H, 4 + k)]),
  );
  const table = random(shape.V, shape.I, 1);
  const index = numbersFor(rows, shape.V);
  const step = () => unroll(cell, table, index, schedule, stateOf(first));
  const { outputs, state } = step();
  const { gradients } = gradientsBesideOthers(
    () => {
      const { outputs, state } = step();
      return Object.values(partsOf(state)).reduce(
        (loss, part) => add(loss, mse(part, random(batch, shape.H, 7))),
        mse(outputs, random(rows, shape.H, 8)),
      );
    },
    { table, ...first, ...cell.parameters() },
  );
  const forward = { outputs, ...partsOf(state) };
  return {
    forward: Object.fromEntries(Object.entries(forward).map(([name, x]) => [name, x.data])),
    gradients,
  };
}

describeKernelSets("unrollEntries", () => {
  for (const { name, make } of registry)
    test.each(cases.map((shape) => [JSON.stringify(shape), shape] as const))(
      `${name}: rows of a table by number are those rows, %s`,
      (_, shape) => {
        for (const bias of [true, false]) {
          const create = () => make(shape.I, shape.H, { bias, seed: 2 });
          const [entries, rows] = [byEntries, byRows].map((way) => run(create, shape, way));
          expect(entries!.forward, "to the bit").toEqual(rows!.forward);
          for (const [name, { shape, data }] of Object.entries(rows!.gradients)) {
            const got = entries!.gradients[name]!;
            expect(got.shape).toEqual(shape);
            expectFloat32(got.data, Float64Array.from(data), `gradient of ${name}`, 2e-5);
          }
        }
      },
    );

  test("the entries' share is computed beforehand where they are fewer than the rows", () => {
    const cell = registry[2]!.make(3, 4, { seed: 1 }) as unknown as BuiltInCell<State>;
    const byRow = vi.spyOn(cell, "unroll");
    const table = randn([6, 3], { seed: 2 });
    const unroll = (rows: number) =>
      cell.unrollEntries(table, numbersFor(rows, 6), layOut(1, rows, true, undefined), undefined);
    unroll(7);
    expect(byRow).not.toHaveBeenCalled();
    unroll(6);
    expect(byRow).toHaveBeenCalledTimes(1);
  });

  test("a cell without a kernel for it goes step by step", () => {
    const { make } = registry[2]!;
    const create = () => {
      const cell = make(3, 4, { seed: 2 });
      Object.defineProperty(cell, "fused", { value: undefined });
      return cell;
    };
    const [shape] = cases;
    const entries = run(create, shape!, byEntries);
    expect(entries.forward).toEqual(run(create, shape!, byRows).forward);
  });
});

test.runIf(inNode).each(registry)("$name: the same bits on several threads", async ({ make }) => {
  const gradients = () => {
    const cell = make(70, 151, { seed: 1 }) as unknown as BuiltInCell<State>;
    const table = randn([31, 70], { seed: 2 });
    const schedule = layOut(26, 30, true, undefined);
    return valueAndGrad(
      () => {
        const index = numbersFor(26 * 30, 31);
        const { outputs } = cell.unrollEntries(table, index, schedule, undefined);
        return mse(outputs, randn(outputs.shape, { seed: 3 }));
      },
      { table, ...cell.parameters() },
    );
  };
  await init({ replace: true });
  const alone = gradients();
  const passes = vi.spyOn(Pool.prototype, "run");
  await init({ threads: 3, replace: true });
  expect(gradients()).toEqual(alone);
  expect(passes).toHaveBeenCalled();
  await init({ replace: true });
});
