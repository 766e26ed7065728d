/** @file What a generator starts from: the first blocks of a trained DeiT, and a new head. */
import { isHead, nn } from "@mvt/core";
import type { NdArray, Weights } from "@mvt/core";
import type { GeneratorConfig } from "./config.ts";
import { MgnError } from "./error.ts";
import { declareGenerator } from "./generator.ts";

export interface StartingWeights {
  /** Of every parameter of the generator, with timm's plain names. */
  readonly weights: Weights;
  /** Parameters that came from the DeiT. */
  readonly taken: readonly string[];
  /** What the DeiT has and the generator has not: class token and its position, head, later blocks. */
  readonly dropped: readonly string[];
  /** Parameters that are new: the head. */
  readonly initialized: readonly string[];
}

/**
 * The generator's first blocks, patch embedding, positions and final normalisation from a DeiT with
 * timm's names, pos_embed [1, N + 1, D]. The new head is drawn from its own streams under `seed`.
 * Throws MgnError for a DeiT of another width, image size or patch size, or with too few blocks.
 */
export function generatorFromDeit(
  vit: Weights,
  config: GeneratorConfig,
  { seed, source = "DeiT weights" }: { readonly seed: number; readonly source?: string },
): StartingWeights {
  const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
  const backbone = parameters.filter(({ name }) => !isHead(name));
  const head = nn.initialWeights(
    parameters.filter(({ name }) => isHead(name)),
    seed,
  );

  const shapes = new Map(backbone.map(({ name, tensor }) => [name, tensor.shape]));
  const [, N, D] = shapes.get("pos_embed")!;
  const fromVit = (name: string): NdArray => {
    const positions = name === "pos_embed";
    const expected = positions ? [1, N! + 1, D!] : shapes.get(name)!;
    const given = vit.get(name);
    if (given?.shape.join() !== expected.join()) {
      throw new MgnError(
        `${source}: expected ${name} [${expected.join(", ")}], got ${given ? `[${given.shape.join(", ")}]` : "none"}; use a DeiT without distillation token, of the generator's width, image size and patch size.`,
      );
    }
    if (!positions) return given;
    return { shape: shapes.get(name)!, data: given.data.slice(D) }; // row 0 is the class token's
  };

  const taken = [...shapes.keys()];
  return {
    weights: new Map([...taken.map((name) => [name, fromVit(name)] as const), ...head]),
    taken,
    dropped: [...[...vit.keys()].filter((name) => !shapes.has(name)), "pos_embed[:, 0]"],
    initialized: [...head.keys()],
  };
}
