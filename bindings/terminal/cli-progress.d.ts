// What is used here, and in the examples, of a package that brings no types.

declare module "cli-progress" {
  interface Options {
    readonly stream?: {
      readonly write: (text: string) => unknown;
      readonly isTTY?: boolean | undefined;
      readonly columns?: number | undefined;
    };
    readonly format?: string;
    readonly barsize?: number;
    readonly barCompleteChar?: string;
    readonly barIncompleteChar?: string;
    readonly linewrap?: boolean;
    readonly clearOnComplete?: boolean;
    readonly etaBuffer?: number;
  }
  export interface Bar {
    update(value: number, payload?: object): void;
  }
  export class MultiBar {
    constructor(options: Options);
    create(total: number, startValue: number, payload?: object): Bar;
    log(text: string): void;
    update(): void;
    stop(): void;
  }
  const cliProgress: { MultiBar: typeof MultiBar };
  export default cliProgress;
}
