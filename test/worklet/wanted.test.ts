import { expect, test } from "vitest";
import wanted from "../goldens/worklet.json" with { type: "json" };
import { hash } from "./hash.ts";
import { played, sound, stacks } from "./models.ts";

const frames = 6000;

// What test/worklet/offline.browser.test.ts compares the audio thread with, out of single steps in this engine.
test("single steps put out the bits that are kept in test/goldens/worklet.json", () => {
  const inputs = [sound(frames, 1), sound(frames, 2)];
  const slope = Float32Array.from({ length: frames }, (_, i) => i / frames);
  const { conditioned, ...plain } = stacks;
  const alone = Object.entries(plain).map(([name, make]) => [name, played(make(), inputs[0]!)]);
  const added = inputs.map((input, c) => {
    const wet = played(conditioned!(), input, [0.25, slope]);
    return [`conditioned ${c}`, wet.map((value, i) => value + input[i]!)];
  });
  const hashes = [...alone, ...added].map(([name, out]) => [name, hash(out as Float32Array)]);
  expect(Object.fromEntries(hashes)).toEqual(wanted);
});
