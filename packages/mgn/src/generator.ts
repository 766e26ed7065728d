/**
 * @file The mask generator of section 3.1: the first blocks of the classifier, and one value per patch.
 *
 * There is no class token: the paper adds E_pos of N x D, feeds N vectors and gets N back, so `pos_embed` has N
 * rows. Register tokens, if the backbone has them, go through the blocks and are then dropped: the blocks were
 * trained to store in them what belongs to no patch. The final normalisation stays.
 * Names of parameters are timm's.
 *
 * Shapes: B images, N patches, R registers, D width, P side of a patch, L = 3 P P.
 */
import { deit, nn, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { type GeneratorConfig, requireM } from "./config.ts";

export interface MaskGenerator extends deit.TokenEmbedding {
  readonly config: GeneratorConfig;
  readonly blocks: readonly nn.Block[];
  readonly norm: nn.LayerNorm;
  readonly head: nn.Linear; // [D, 1]
}

/** Declares the parameters. Throws UserError for m outside (0, 1), and ShapeError as `deit.declareVit` does. */
export function declareGenerator(scope: nn.Scope, config: GeneratorConfig): MaskGenerator {
  const { width: D, depth, m, headBias = "logit-m" } = config;
  requireM("generator", m);
  const initializer = deit.matrixInitializer(config);
  const head = scope.at("head");
  const bias = headBias === "zero" ? 0 : logit(m);
  return {
    config,
    ...deit.declareTokens(scope, config, { classToken: false }),
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
  const { registers: R = 0 } = generator.config;
  let z = deit.embedTokens(generator, patches); // [B, R + N, D]
  for (const parameters of generator.blocks) z = nn.block(parameters, z);
  if (R > 0) z = ops.slice(z, 1, R, z.shape[1]!); // [B, N, D]
  const logits = nn.linear(generator.head, nn.layerNorm(generator.norm, z)); // [B, N, 1]
  return ops.sigmoid(ops.reshape(logits, logits.shape.slice(0, 2)));
}

/** The inverse of the sigmoid. */
function logit(p: number): number {
  return Math.log(p / (1 - p));
}
