/** @file Fuzzed here: the files of trained mask generators. */
import { decodeSafetensors, encodeSafetensors, nn } from "@mvt/core";
import { declareGenerator, decodeMgn, encodeMgn, generatorConfig } from "@mvt/mgn";
import { fc, type FuzzTarget, jsonLike, oddTexts } from "@mvt/testing/fuzz";

const backbone = {
  imageSize: 8,
  patchSize: 4,
  width: 4,
  depth: 2,
  heads: 2,
  mlpRatio: 1,
  initStd: 0.2,
};
const config = generatorConfig(backbone, 0.15);
const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
const weights = nn.initialWeights(parameters, 7);
const file = encodeMgn({
  config,
  weights,
  dataset: "raf-db",
  polarity: "remove",
  space: "pixel",
  provenance: { command: "exp table1", seed: 0 },
});
const { metadata } = decodeSafetensors(file, "file");

/** The file with an entry of its metadata replaced, or with another configuration. */
const fileLike = fc
  .oneof(
    fc.tuple(fc.constantFrom(...Object.keys(metadata)), fc.constantFrom(...oddTexts)),
    fc.tuple(fc.constantFrom("config", "provenance"), jsonLike([config])),
  )
  .map(([key, text]) => encodeSafetensors(weights, { ...metadata, [key]: text }));

const decode = (input: Uint8Array) => decodeMgn(input, "file", { imageSize: 8, patchSize: 4 });

export const targets: readonly FuzzTarget[] = [
  { name: "mask generator", seeds: [file], structured: fileLike, parse: decode },
  {
    name: "weights of a mask generator",
    seeds: [file],
    structured: fileLike,
    parse: (input) => decode(input).weights,
    checksum: true,
  },
];
