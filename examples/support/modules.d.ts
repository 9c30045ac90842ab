// What is used here of a package that brings no types.

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
