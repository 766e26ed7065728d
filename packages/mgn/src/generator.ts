/**
 * @file The mask generator of section 3.1: the first blocks of a DeiT, and one value per patch.
 *
 * No class token: the paper adds E_pos of N x D, feeds N vectors and gets N back, so `pos_embed` has
 * N rows. DeiT's final normalisation stays. Names of parameters are timm's.
 *
 * Shapes: B images, N patches, D width, P side of a patch, L = 3 P P.
 */
import { deit, nn, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { type Backbone, type GeneratorConfig, requireM } from "./config.ts";

export interface MaskGenerator {
  readonly config: GeneratorConfig;
  readonly posEmbed: Tensor; // [1, N, D]
  readonly patchEmbed: nn.Linear; // weight [D, 3, P, P]
  readonly blocks: readonly nn.Block[];
  readonly norm: nn.LayerNorm;
  readonly head: nn.Linear; // [D, 1]
}

/** Throws UserError for m outside (0, 1), ShapeError for sizes that do not divide. */
export function declareGenerator(scope: nn.Scope, config: GeneratorConfig): MaskGenerator {
  const { patchSize: P, width: D, depth, m, headBias = "logit-m" } = config;
  requireM("generator", m);
  const initializer = nn.truncatedNormal(config.initStd ?? 0.02);
  const positions = positionInitializer(config);
  const [embedding, head] = [scope.at("patch_embed").at("proj"), scope.at("head")];
  const bias = headBias === "zero" ? 0 : logit(m);
  return {
    config,
    posEmbed: scope.declare("pos_embed", [1, deit.patchCount(config), D], positions),
    patchEmbed: {
      weight: embedding.declare("weight", [D, 3, P, P], initializer),
      bias: embedding.declare("bias", [D], nn.constantInitializer(0)),
    },
    blocks: Array.from({ length: depth }, (_, i) =>
      nn.declareBlock(scope.at("blocks").at(`${i}`), { ...config, initializer }),
    ),
    norm: nn.declareLayerNorm(scope.at("norm"), D),
    head: {
      weight: head.declare("weight", [1, D], initializer),
      bias: head.declare("bias", [1], nn.constantInitializer(bias)),
    },
  };
}

/** M_p [B, N] in (0, 1) of normalised patches [B, N, L]: the higher, the less a patch matters. */
export function generateMask(generator: MaskGenerator, patches: Tensor): Tensor {
  let z = ops.add(deit.embedPatches(generator.patchEmbed, patches), generator.posEmbed); // [B, N, D]
  for (const parameters of generator.blocks) z = nn.block(parameters, z);
  const logits = nn.linear(generator.head, nn.layerNorm(generator.norm, z)); // [B, N, 1]
  return ops.sigmoid(ops.reshape(logits, logits.shape.slice(0, 2)));
}

/** The inverse of the sigmoid. */
function logit(p: number): number {
  return Math.log(p / (1 - p));
}

/** How DeiT's own position embeddings start, without the class token's row in front. */
function positionInitializer(backbone: Backbone): nn.Initializer {
  const { parameters } = nn.declareParameters((scope) =>
    deit.declareVit(scope, { ...backbone, classes: 1 }),
  );
  const { initializer } = parameters.find(({ name }) => name === "pos_embed")!;
  return ([, N, D], random) => initializer([1, N! + 1, D!], random).slice(D);
}
