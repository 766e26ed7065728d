/** @file What a generator starts from: the first blocks of a trained classifier, and a new head. */
import { UserError } from "@mvt/common";
import { deit, formatShape, isHead, nn, sameShape } from "@mvt/core";
import type { NdArray, Weights } from "@mvt/core";
import type { GeneratorConfig } from "./config.ts";
import { declareGenerator } from "./generator.ts";

export interface StartingWeights {
  /** Of every parameter of the generator, with timm's plain names. */
  readonly weights: Weights;
  /** Parameters that came from the classifier. */
  readonly taken: readonly string[];
  /** What the classifier has and the generator has not: class token and its position, head, later blocks. */
  readonly dropped: readonly string[];
  /** Parameters that are new: the head. */
  readonly initialized: readonly string[];
}

/**
 * The generator's patch embedding, positions, registers, blocks and final normalisation from a classifier of the
 * same backbone, with timm's names. Its pos_embed has a first row for the class token, which is left out, unless
 * the backbone has none (`classPosition: false`). Its final normalisation is the classifier's before the head: `norm`, or
 * `fc_norm` of a classifier with average pooling. The new head is drawn from its own streams under `seed`.
 * Throws UserError for a classifier of another backbone or size, or with too few blocks.
 */
export function generatorFromClassifier(
  classifier: Weights,
  config: GeneratorConfig,
  { seed, source = "weights" }: { readonly seed: number; readonly source?: string },
): StartingWeights {
  const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
  const backbone = parameters.filter(({ name }) => !isHead(name));
  const head = nn.initialWeights(
    parameters.filter(({ name }) => isHead(name)),
    seed,
  );

  const shapes = new Map(backbone.map(({ name, tensor }) => [name, tensor.shape]));
  const [, N, D] = shapes.get("pos_embed")!;
  const { classPosition = true } = config;
  const take = (name: string): NdArray => {
    const hasClassRow = name === "pos_embed" && classPosition;
    const expected = hasClassRow ? [1, N! + 1, D!] : shapes.get(name)!;
    const given = classifier.get(name.replace(/^norm\./, `${deit.headNorm(config)}.`));
    if (given === undefined || !sameShape(given.shape, expected)) {
      throw new UserError(
        `${source}: expected ${name} ${formatShape(expected)}, got ${given ? formatShape(given.shape) : "none"}; use a classifier of the generator's backbone, width, image size and patch size, without distillation token.`,
      );
    }
    return hasClassRow ? { shape: shapes.get(name)!, data: given.data.slice(D) } : given;
  };

  const taken = [...shapes.keys()];
  const left = [...classifier.keys()].filter(
    (name) => !shapes.has(name.replace(/^fc_norm\./, "norm.")),
  );
  const needed = left.find((name) => isOfGenerator(name, config.depth));
  if (needed !== undefined) {
    throw new UserError(
      `${source}: expected no ${needed}, for which this generator has no parameter; use a classifier of the generator's backbone.`,
    );
  }
  return {
    weights: new Map([...taken.map((name) => [name, take(name)] as const), ...head]),
    taken,
    dropped: [...left, ...(classPosition ? ["pos_embed[:, 0]"] : [])],
    initialized: [...head.keys()],
  };
}

/** Whether a parameter takes part in what the generator computes: registers, and everything in its blocks. */
function isOfGenerator(name: string, depth: number): boolean {
  const [, block] = /^blocks\.(\d+)\./.exec(name) ?? [];
  return name === "reg_token" || (block !== undefined && Number(block) < depth);
}
