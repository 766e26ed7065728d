/** @file An MGN small enough for tests: 12 x 12 pixels, 9 patches, 3 classes. */
import { nn, random } from "@mvt/core";
import { declareMgn, generatorConfig, type GeneratorConfig } from "@mvt/mgn";

export const backbone = {
  imageSize: 12,
  patchSize: 4,
  width: 16,
  depth: 2,
  heads: 2,
  mlpRatio: 2,
  initStd: 0.2,
};
export const [B, N, K, m] = [4, 9, 3, 0.3];

/** A generator and a discriminator with their starting weights, under their scopes. */
export function smallMgn(changes: Partial<GeneratorConfig> = {}) {
  const mgn = declareMgn(
    { ...generatorConfig(backbone, m), ...changes },
    { ...backbone, classes: K },
  );
  const parameters = [...mgn.generator.parameters, ...mgn.discriminator.parameters];
  return { ...mgn, weights: nn.initialWeights(parameters, 1) };
}

/** Noise, labels, and a weight of 1 for everything but the last image. */
export function smallBatch() {
  const stream = random.stream(5, "batch");
  return {
    images: Uint8Array.from({ length: B * 12 * 12 * 3 }, () => stream.integer(256)),
    labels: Int32Array.of(0, 1, 2, 1),
    weights: Float32Array.of(1, 1, 1, 0),
  };
}
