// A bot learns a small dialogue by heart, and talks. See --help.
import { createInterface } from "node:readline";
import { Adam, cosineDecay } from "gatewise";
import { Bot, DIALOGUE_FILE, exchanges, paraphrases, readDialogue } from "./support/dialogue.ts";
import { path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import { withProgress } from "./support/terminal.ts";

const usage = {
  about: `Learns what to answer to the lines of a dialogue, then answers the lines that
you type, the same or others, until you end it (Ctrl-D).`,
  options: {
    data: path("FILE", DIALOGUE_FILE),
    seed: whole(3, "seed of weights and of words that are hidden"),
    steps: whole(250, "training steps", 1),
  },
};

await run(usage, async ({ data, seed, steps }, terminal) => {
  const dialogue = data === undefined ? exchanges : readDialogue(data);
  const bot = new Bot(dialogue, seed);
  const learningRate = cosineDecay(1e-2, { decaySteps: steps });
  const optimizer = new Adam({ learningRate, clipNorm: 1 });
  withProgress(terminal, "learning", steps, (progress) => {
    for (let step = 1; step <= steps; step++) {
      const loss = optimizer.minimize(() => bot.loss());
      progress.update(step, `loss ${loss.toFixed(3)}`);
    }
  });
  const learnt = dialogue.filter(([said, answer]) => bot.answer(said) === answer);
  terminal.line(`${learnt.length} of ${dialogue.length} answers are known by heart\n`);

  if (data === undefined)
    for (const [said] of paraphrases) terminal.line(`> ${said}\n${bot.answer(said)}`);
  const keyboard = createInterface({ input: process.stdin, terminal: false });
  if (terminal.interactive) terminal.line("\nYour turn.");
  for await (const said of keyboard) terminal.line(bot.answer(said));
});
