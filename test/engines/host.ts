/** Whether this is Node, which alone has threads that share kernels. */
export const inNode: boolean = typeof process === "object" && process.versions?.node !== undefined;

/** Whether the engine has WebAssembly's SIMD: it takes `i8x16.splat` (WebAssembly specification, vector instructions). */
export const hasSimd = (): boolean =>
  WebAssembly.validate(
    Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
      ...[1, 5, 1, 0x60, 0, 1, 0x7b], // a function that gives a v128
      ...[3, 2, 1, 0],
      ...[10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b], // i32.const 0, i8x16.splat
    ]),
  );
