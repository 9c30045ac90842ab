// A guitar amplifier learned from what goes in and what comes out, drive knob included. See --help.
import { Adam, add, cosineDecay, detach, Linear, LSTM, type LSTMState, mse, mul } from "gatewise";
import {
  amplifierFile,
  amplify,
  errorToSignal,
  playThrough,
  RATE,
  record,
  strings,
} from "./support/amplifier.ts";
import { writeFile } from "./support/files.ts";
import { path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import { wav } from "./support/wav.ts";

const [TAKES, FRAMES, WINDOW, DRIVE] = [32, 24_000, 512, 0.6];
const usage = {
  about: `Trains an LSTM on plucked strings to do what an amplifier with a drive knob
does; then plays strings that it has not heard through it, sample by sample.`,
  options: {
    units: whole(16, "units of the LSTM", 1),
    epochs: whole(40, "passes over the takes", 1),
    seed: whole(1, "seed of the weights and of the strings"),
    wav: path("FILE", "write strings, amplifier, network as tracks of a WAV"),
    model: path("FILE", "write the model as JSON, for examples/amplifier-page"),
  },
};

await run(usage, ({ units, epochs, seed, wav: sound, model }, { line }) => {
  const lstm = new LSTM(2, units, { seed }); // the signal and the drive
  const head = new Linear(units, 1, { seed: seed + 1 });
  const decaySteps = epochs * Math.floor(FRAMES / WINDOW);
  const optimizer = new Adam({ learningRate: cosineDecay(16e-3, { decaySteps }), clipNorm: 1 });
  const { x, y, energy } = record(TAKES, FRAMES, seed);
  const unheard = strings(2 * RATE, seed + 1);
  const truth = amplify(unheard, DRIVE);
  const play = () => playThrough([lstm, head], unheard, DRIVE);

  for (let epoch = 1; epoch <= epochs; epoch++) {
    let state: LSTMState | undefined; // none yet: zeros
    for (let t = 0; t + WINDOW <= FRAMES; t += WINDOW) {
      const [input, target] = [x, y].map((all) => all.slice([0, t, 0], [-1, WINDOW, -1]));
      optimizer.minimize(() => {
        const out = lstm.forward(input!, state);
        state = detach(out.state); // the next window goes on from here; the gradient stops here
        const heard = add(head.forward(out.output), input!.slice([0, 0, 0], [-1, -1, 1]));
        return mul(mse(heard, target!), 1 / energy); // the error-to-signal ratio
      });
    }
    if (epoch % 5 > 0 && epoch > 1 && epoch < epochs) continue;
    const missed = errorToSignal(truth, play().output);
    line(`epoch ${epoch}: error-to-signal ratio ${(100 * missed).toFixed(2)} %`);
  }
  const { output, speed } = play();
  line(`single steps: ${speed.toFixed(0)} times as fast as real time at ${RATE / 1000} kHz`);
  if (sound !== undefined) writeFile(sound, wav([unheard, truth, output], RATE));
  if (model !== undefined) writeFile(model, amplifierFile([lstm, head]));
});
