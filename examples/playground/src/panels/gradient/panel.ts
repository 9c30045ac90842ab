import { chart } from "../../lib/chart.ts";
import { button, range, toolbar } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { latest } from "../../lib/latest.ts";
import type { Panel } from "../../lib/panel.ts";
import type { Answer, GradientWork } from "./worker.ts";

const names = { rnn: "Plain RNN", gru: "GRU", lstm: "LSTM" };
const cells = Object.keys(names) as (keyof Answer)[];

/** Beyond these shares of what it began with a gradient has vanished or exploded. */
const [VANISHED, EXPLODED] = [0.01, 100];

function verdict(share: number): string {
  if (!Number.isFinite(share)) return "explodes, beyond what 32 bits can hold";
  if (share < VANISHED) return "vanishes";
  return share > EXPLODED ? "explodes" : "lasts";
}

const superscript = (power: string): string =>
  Array.from(power, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");

/** "55 ×", "0.11 ×", "2.1 × 10⁻²¹" */
function times(share: number): string {
  if (!Number.isFinite(share)) return "∞";
  if (share === 0) return "0";
  if (share >= 0.001 && share < 10_000) return `${Number(share.toPrecision(2))} ×`;
  const [digits, power] = share.toExponential(1).split("e");
  return `${digits} × 10${superscript(power!.replace("+", ""))}`;
}

export const panel: Panel = {
  id: "gradient",
  title: "Gradient through time",
  intro:
    "A loss at the end of a sequence tells every step before it what to change. How much of that arrives? Each step back " +
    "multiplies it by the same weights, so it fades or grows by powers. Turn up the weights until the plain RNN explodes. " +
    "And open the LSTM’s forget gate by its bias: then its gradient neither fades nor grows.",
  mount(host, kit) {
    const steps = range({ label: "Length", min: 10, max: 200, value: 100, input: ask });
    const scale = range({
      label: "Weight scale",
      min: 0.25,
      max: 4,
      step: 0.05,
      value: 1,
      format: (value) => `× ${value.toFixed(2)}`,
      input: ask,
    });
    const forgetBias = range({
      label: "Forget bias",
      min: 0,
      max: 5,
      step: 0.25,
      value: 1,
      input: ask,
    });
    let seed = 1;
    const again = button("Other weights", () => {
      seed++;
      ask();
    });
    const norms = chart({
      label: "Norm of the loss's gradient in the state",
      xLabel: "steps before the last",
      curves: [
        { name: names.rnn, colour: "--series-4" },
        { name: names.gru, colour: "--series-3" },
        { name: names.lstm, colour: "--accent" },
      ],
      logarithmic: true,
      height: 360,
    });
    const rows = cells.map((cell) => ({ first: element("td"), verdict: element("td"), cell }));
    const table = element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...["Cell", "Gradient at the first step, as a share of the last’s", "The gradient"].map(
            (text) => element("th", { scope: "col" }, text),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        ...rows.map((row) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, names[row.cell]),
            row.first,
            row.verdict,
          ),
        ),
      ),
    );

    const work = kit.train<GradientWork>("gradient", null);
    const question = latest(work.ask, draw, kit.fail);
    function ask(): void {
      question({
        steps: steps.value,
        scale: scale.value,
        forgetBias: forgetBias.value,
        seed,
      });
    }

    function draw(answer: Answer): void {
      norms.draw(
        answer.rnn.map((_, step) => step),
        ...cells.map((cell) => answer[cell]),
      );
      const said = rows.map(({ cell, first, verdict: cellVerdict }) => {
        const share = answer[cell].at(-1)! / answer[cell][0]!;
        first.textContent = times(share);
        cellVerdict.textContent = verdict(share);
        return `${names[cell]} ${verdict(share)}`;
      });
      const text = `${answer.rnn.length} steps: ${said.join(", ")}`;
      norms.describe(text);
      kit.announce(text);
    }

    host.append(
      toolbar("Network", steps.element, scale.element, forgetBias.element, again),
      norms.element,
      table,
    );
    ask();
  },
};
