import type { Extras } from "../core/extras.ts";
import type { KernelInstance, KernelSet, Kernels } from "../core/kernels.ts";
import type { Word2VecKernels } from "../core/word2vec.ts";
import { activationKernels } from "./activations.ts";
import { batchedKernels } from "./batched.ts";
import { broadcastKernels } from "./broadcast.ts";
import { copyKernels } from "./copy.ts";
import { dropoutKernels } from "./dropout.ts";
import { elementLossKernels } from "./element-loss.ts";
import { gemmKernels } from "./gemm.ts";
import { gruKernels } from "./gru.ts";
import { createHeap, HEAP_BASE } from "./heap.ts";
import { layerNormKernels } from "./layer-norm.ts";
import { lossKernels } from "./loss.ts";
import { lstmKernels } from "./lstm.ts";
import { optimizerKernels } from "./optimizers.ts";
import { packKernels } from "./pack.ts";
import { pointwiseKernels } from "./pointwise.ts";
import { randomKernels } from "./random.ts";
import { reduceKernels } from "./reduce.ts";
import { rnnKernels } from "./rnn.ts";
import { rowsKernels } from "./rows.ts";
import { sequenceKernels, sequenceSteps } from "./sequence.ts";
import { streamKernels } from "./stream.ts";
import { wordVectorKernels } from "./word-vectors.ts";

function instantiate(): KernelInstance {
  const heap = createHeap();
  const gemm = gemmKernels(heap);
  const pack = packKernels(heap);
  const reduce = reduceKernels(heap);
  const rows = rowsKernels(heap);
  const steps = sequenceSteps(heap, gemm, reduce, rows);
  const cells = {
    ...rnnKernels(heap, steps),
    ...lstmKernels(heap, steps),
    ...gruKernels(heap, steps),
  };
  const kernels = {
    ...pointwiseKernels(heap),
    ...activationKernels(heap),
    ...broadcastKernels(heap),
    ...reduce,
    ...layerNormKernels(heap),
    ...lossKernels(heap),
    ...elementLossKernels(heap),
    ...rows,
    ...copyKernels(heap),
    ...dropoutKernels(heap),
    ...optimizerKernels(heap),
    ...randomKernels(heap),
    ...pack,
    ...gemm,
    ...batchedKernels(heap, { ...gemm, ...pack }),
    ...sequenceKernels(heap, gemm),
    ...cells,
    ...streamKernels(heap, { ...gemm, ...cells }),
    ...wordVectorKernels(heap),
  } satisfies Kernels & Extras & Word2VecKernels;
  return { kernels, memory: heap.memory, heapBase: HEAP_BASE };
}

/**
 * The kernels in plain TypeScript, for engines without WebAssembly SIMD and as the measure of what that gains: the same
 * contract, sums and activations in float64, the same bits in every JavaScript engine (not those of the compiled kernels).
 */
export const jsKernels: KernelSet = { name: "js", instantiate };
