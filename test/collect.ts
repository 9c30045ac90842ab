interface Host {
  readonly gc?: () => void;
  readonly process?: { getBuiltinModule?: (name: string) => unknown };
}

/** Chromium has it by --js-flags=--expose-gc, Node by a flag set late; other engines let nobody ask. */
function garbageCollector(): (() => void) | undefined {
  const { gc, process } = globalThis as Host;
  if (gc || !process?.getBuiltinModule) return gc;
  const v8 = process.getBuiltinModule("node:v8") as { setFlagsFromString(flags: string): void };
  const vm = process.getBuiltinModule("node:vm") as { runInNewContext(code: string): unknown };
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as () => void;
}

const gc = garbageCollector();

/** Whether this engine collects garbage when it is asked to. */
export const collects: boolean = gc !== undefined;

/** Collects garbage; finalizers run between tasks, and what they let go of is collected in the next round. */
export async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    gc!();
    await new Promise((resolve) => setTimeout(resolve));
  }
}
