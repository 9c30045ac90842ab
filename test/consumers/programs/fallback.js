import { init } from "gatewise";

// Where WebAssembly SIMD is missing or forbidden: the same kernels in plain JavaScript, which is several times slower.
try {
  await init();
} catch (error) {
  console.warn(error.message);
  const { jsKernels } = await import("gatewise/js");
  await init({ kernels: jsKernels });
}
