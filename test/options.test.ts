import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type * as main from "gatewise";
import type * as audio from "gatewise/audio";
import type * as data from "gatewise/data";
import type * as seq2seq from "gatewise/seq2seq";
import type * as terminal from "gatewise/terminal";
import type * as text from "gatewise/text";
import type * as word2vec from "gatewise/word2vec";
import { expect, expectTypeOf, test } from "vitest";

/** Every type of options that can be imported. */
interface Options {
  AccuracyOptions: main.AccuracyOptions;
  ActivationOptions: main.ActivationOptions;
  AdagradOptions: main.AdagradOptions;
  AdamOptions: main.AdamOptions;
  ApplyOptions: main.ApplyOptions;
  ApplyRecurrentOptions: main.ApplyRecurrentOptions<main.Tensor>;
  BatchOptions: main.BatchOptions;
  BidirectionalOptions: main.BidirectionalOptions<main.Tensor>;
  BinaryAccuracyOptions: main.BinaryAccuracyOptions;
  BinaryCrossEntropyOptions: main.BinaryCrossEntropyOptions;
  CategoricalCrossEntropyOptions: main.CategoricalCrossEntropyOptions;
  CellOptions: main.CellOptions;
  ClipOptions: main.ClipOptions;
  CompileOptions: main.CompileOptions;
  CosineDecayOptions: main.CosineDecayOptions;
  CrossEntropyOptions: main.CrossEntropyOptions;
  DenseOptions: main.DenseOptions;
  DropoutOptions: main.DropoutOptions;
  DropoutWrapperOptions: main.DropoutWrapperOptions;
  EarlyStoppingOptions: main.EarlyStoppingOptions;
  EmbeddingLayerOptions: main.EmbeddingLayerOptions;
  EmbeddingOptions: main.EmbeddingOptions;
  ExponentialDecayOptions: main.ExponentialDecayOptions;
  FitBatchesOptions: main.FitBatchesOptions;
  FitOptions: main.FitOptions;
  ForwardOptions: main.ForwardOptions;
  FromLogitsOptions: main.FromLogitsOptions;
  GRUCellOptions: main.GRUCellOptions;
  GRULayerOptions: main.GRULayerOptions;
  GRUOptions: main.GRUOptions;
  GatedOptions: main.GatedOptions;
  GeluOptions: main.GeluOptions;
  GroupOptions: main.GroupOptions;
  HardSigmoidOptions: main.HardSigmoidOptions;
  HuberLossOptions: main.HuberLossOptions;
  HuberOptions: main.HuberOptions;
  InitOptions: main.InitOptions;
  LSTMCellOptions: main.LSTMCellOptions;
  LSTMLayerOptions: main.LSTMLayerOptions;
  LSTMOptions: main.LSTMOptions;
  LayerNormOptions: main.LayerNormOptions;
  LayerOptions: main.LayerOptions;
  LinearOptions: main.LinearOptions;
  MaskingOptions: main.MaskingOptions;
  NormalOptions: main.NormalOptions;
  OptimizerOptions: main.OptimizerOptions;
  PolynomialDecayOptions: main.PolynomialDecayOptions;
  RMSpropOptions: main.RMSpropOptions;
  RNNCellOptions: main.RNNCellOptions;
  RNNLayerOptions: main.RNNLayerOptions<main.Tensor>;
  RNNOptions: main.RNNOptions;
  RandomOptions: main.RandomOptions;
  RecurrentLayerOptions: main.RecurrentLayerOptions;
  RecurrentOptions: main.RecurrentOptions;
  ReduceOptions: main.ReduceOptions;
  ReductionOptions: main.ReductionOptions;
  ReshapeOptions: main.ReshapeOptions;
  ReverseSequenceOptions: main.ReverseSequenceOptions;
  SGDOptions: main.SGDOptions;
  SequenceLossOptions: main.SequenceLossOptions;
  SequentialOptions: main.SequentialOptions;
  SparseAccuracyOptions: main.SparseAccuracyOptions;
  SparseCategoricalCrossEntropyOptions: main.SparseCategoricalCrossEntropyOptions;
  StepDecayOptions: main.StepDecayOptions;
  TimeDistributedOptions: main.TimeDistributedOptions;
  UnitsOptions: main.UnitsOptions;
  UnrollOptions: main.UnrollOptions<main.Tensor>;
  VarianceScalingOptions: main.VarianceScalingOptions;
  WarmUpOptions: main.WarmUpOptions;
  StreamNodeOptions: audio.StreamNodeOptions;
  BatchesOptions: data.BatchesOptions;
  PadSequencesOptions: data.PadSequencesOptions;
  StandardizeOptions: data.StandardizeOptions;
  WindowsOptions: data.WindowsOptions;
  AttentionOptions: seq2seq.AttentionOptions;
  BahdanauAttentionOptions: seq2seq.BahdanauAttentionOptions;
  BeamSearchOptions: seq2seq.BeamSearchOptions;
  DecodeOptions: seq2seq.DecodeOptions;
  DecoderOptions: seq2seq.DecoderOptions;
  EncoderOptions: seq2seq.EncoderOptions;
  LuongAttentionOptions: seq2seq.LuongAttentionOptions;
  MaskOptions: seq2seq.MaskOptions;
  Seq2SeqDecodeOptions: seq2seq.Seq2SeqDecodeOptions;
  Seq2SeqLossOptions: seq2seq.Seq2SeqLossOptions;
  Seq2SeqOptions: seq2seq.Seq2SeqOptions;
  StackOptions: seq2seq.StackOptions;
  ProgressBarOptions: terminal.ProgressBarOptions;
  ContiguousBatchesOptions: text.ContiguousBatchesOptions;
  GenerateOptions: text.GenerateOptions;
  GenerateStreamOptions: text.GenerateStreamOptions;
  LanguageModelFitOptions: text.LanguageModelFitOptions;
  LanguageModelOptions: text.LanguageModelOptions;
  SamplingOptions: text.SamplingOptions;
  VocabularyOptions: text.VocabularyOptions;
  Word2VecFitOptions: word2vec.Word2VecFitOptions;
  Word2VecOptions: word2vec.Word2VecOptions;
  AnalogyTerms: Parameters<word2vec.Word2Vec["analogy"]>[0];
}

/** What can be left out of T, but not be undefined. */
type Refusing<T> = {
  [K in keyof T]-?: Record<never, never> extends Pick<T, K>
    ? undefined extends Required<T>[K]
      ? never
      : K
    : never;
}[keyof T];

test("every option that can be left out can be undefined", () => {
  type Found = {
    [Name in keyof Options]: `${Name}.${Refusing<Options[Name]> & string}`;
  }[keyof Options];
  const found: [never] = [] as unknown as [Found]; // the compiler names those that are found
  expect(found).toEqual([]);
  expectTypeOf<Refusing<{ a?: number; b?: number | undefined; c: number }>>().toEqualTypeOf<"a">();
});

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");

test("no type of options is missing above", () => {
  const entries = Object.values<{ types?: string }>(JSON.parse(read("package.json")).exports)
    .flatMap(({ types }) => types ?? [])
    .map((types) => types.replace("./dist", "bindings").replace(".d.ts", ".ts"));
  const names = entries.flatMap((entry) =>
    [...read(entry).matchAll(/\b(\w+Options)(?=,| \}|\n)/g)].map(([, name]) => name!),
  );
  const listed = read("test/options.test.ts").matchAll(/^ {2}(\w+Options): /gm);
  expect(Array.from(listed, ([, name]) => name).sort()).toEqual(names.sort());
  expect(names.length).toBeGreaterThan(70);
});
