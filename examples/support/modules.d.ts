// What is used here of two packages that bring no types.

declare module "asciichart" {
  interface Settings {
    readonly height?: number;
    readonly min?: number;
    readonly max?: number;
    readonly offset?: number;
    readonly symbols?: readonly string[];
    readonly format?: (value: number) => string;
  }
  const asciichart: { plot(series: readonly number[], settings?: Settings): string };
  export default asciichart;
}

declare module "cli-progress" {
  interface Options {
    readonly stream?: {
      readonly write: (text: string) => boolean;
      readonly isTTY?: boolean;
      readonly columns?: number;
    };
    readonly format?: string;
    readonly barsize?: number;
    readonly barCompleteChar?: string;
    readonly barIncompleteChar?: string;
    readonly linewrap?: boolean;
    readonly clearOnComplete?: boolean;
    readonly etaBuffer?: number;
  }
  interface Bar {
    update(value: number, payload?: object): void;
  }
  class MultiBar {
    constructor(options: Options);
    create(total: number, startValue: number, payload?: object): Bar;
    log(text: string): void;
    update(): void;
    stop(): void;
  }
  const cliProgress: { MultiBar: typeof MultiBar };
  export default cliProgress;
}
