/** What a worker and its panel tell one another: the types of a panel's messages. */
export interface Work {
  /** What a network is made and trained with. */
  readonly settings: unknown;
  /** What the panel draws while training goes on. */
  readonly progress: unknown;
  /** What else the panel may ask for, and what comes back. */
  readonly question: unknown;
  readonly answer: unknown;
}

/** From the panel to its worker. */
export type Command<W extends Work> =
  /** A new network, which does not train yet; reports on it carry the generation. */
  | { readonly type: "reset"; readonly generation: number; readonly settings: W["settings"] }
  /** Other settings for the network there is. */
  | { readonly type: "adjust"; readonly settings: W["settings"] }
  /** At most so many steps a second. */
  | { readonly type: "pace"; readonly stepsPerSecond: number }
  | { readonly type: "start" | "pause" | "step" }
  | { readonly type: "ask"; readonly id: number; readonly question: W["question"] };

/** From a worker to its panel. */
export type Report<W extends Work> =
  | {
      readonly type: "progress";
      readonly generation: number;
      /** Steps since the network was made. */
      readonly steps: number;
      /** Whether nothing is left to learn: training has paused. */
      readonly done: boolean;
      readonly progress: W["progress"];
    }
  | { readonly type: "answer"; readonly id: number; readonly answer: W["answer"] }
  /** What went wrong; with an id, in answering. */
  | { readonly type: "failure"; readonly id?: number; readonly message: string };
