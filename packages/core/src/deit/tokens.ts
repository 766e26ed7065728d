/**
 * @file The tokens that go into the first block: patches with their positions, and before them the class token
 * and register tokens, where the network has them.
 *
 * Shapes: B images, N patches, R registers, D width, P side of a patch. Names of parameters are timm's.
 */
import { linear } from "../nn/layers.ts";
import type { Linear } from "../nn/layers.ts";
import { truncatedNormal } from "../nn/parameters.ts";
import type { Initializer, Scope } from "../nn/parameters.ts";
import { add } from "../ops/elementwise.ts";
import { broadcastTo, concat, reshape } from "../ops/shape.ts";
import { dims, ShapeError, type Tensor } from "../tensor.ts";
import { sinCosPositions } from "./positions.ts";
import { patchCount } from "./config.ts";
import type { VitConfig } from "./config.ts";

export interface TokenEmbedding {
  readonly clsToken?: Tensor; // [1, 1, D]
  readonly regToken?: Tensor; // [1, R, D]
  readonly posEmbed: Tensor; // [1, N, D], or [1, N + 1, D] with the class token's first
  readonly patchEmbed: Linear; // weight [D, 3, P, P]
}

/** How weight matrices of these sizes start. */
export function matrixInitializer({ initStd = 0.02 }: Pick<VitConfig, "initStd">): Initializer {
  return truncatedNormal(initStd);
}

/**
 * Declares the parameters. Without class token there is no position for it either. Throws ShapeError for an
 * image size that is no multiple of the patch size, and for registers in a network whose class token has a
 * position: no published one has both.
 */
export function declareTokens(
  scope: Scope,
  config: Omit<VitConfig, "classes">,
  { classToken }: { readonly classToken: boolean },
): TokenEmbedding {
  const { imageSize, patchSize: P, width: D, registers: R = 0, classPosition = true } = config;
  if (imageSize % P !== 0) {
    throw new ShapeError(
      `vit: expected an image size that is a multiple of patch size ${P}, got ${imageSize}`,
    );
  }
  if (R > 0 && classPosition) {
    throw new ShapeError(
      `vit: expected classPosition: false for a network with registers, got ${R} registers and a position embedding for the class token`,
    );
  }
  const N = patchCount(config);
  const initializer = matrixInitializer(config);
  const positions = config.positions === "sin-cos" ? sinCosPositions(imageSize / P) : initializer;
  const embedding = scope.at("patch_embed").at("proj");
  return {
    clsToken: classToken ? scope.declare("cls_token", [1, 1, D], initializer) : undefined,
    // timm starts register tokens at about 1e-6; like the class token they learn faster from scratch.
    regToken: R > 0 ? scope.declare("reg_token", [1, R, D], initializer) : undefined,
    posEmbed:
      classPosition && classToken
        ? scope.declare("pos_embed", [1, N + 1, D], positions)
        : scope.declare(
            "pos_embed",
            [1, N, D],
            classPosition ? withoutFirst(positions) : positions,
          ),
    patchEmbed: {
      weight: embedding.declare("weight", [D, 3, P, P], initializer),
      bias: embedding.declare("bias", [D], (shape) => new Float32Array(shape[0]!)),
    },
  };
}

/** Draws one row more, for the class token, and leaves it out. */
function withoutFirst(initializer: Initializer): Initializer {
  return ([, N, D], random) => initializer([1, N! + 1, D!], random).slice(D);
}

/** Patches [B, N, 3 P P] to embeddings [B, N, D], without position. */
function embedPatches({ weight, bias }: Linear, patches: Tensor): Tensor {
  const [D] = weight.shape;
  return linear({ weight: reshape(weight, [D!, patches.shape.at(-1)!]), bias }, patches);
}

/** Normalised patches [B, N, 3 P P] to tokens: class token, registers, patches. Eq. 1 of the ViT paper. */
export function embedTokens(
  { clsToken, regToken, posEmbed, patchEmbed }: TokenEmbedding,
  patches: Tensor,
): Tensor {
  const embedded = embedPatches(patchEmbed, patches);
  const [B, N, D] = dims(embedded, "B N D");
  const ofBatch = (token: Tensor) => broadcastTo(token, [B, token.shape[1]!, D]);
  if (clsToken !== undefined && posEmbed.shape[1] !== N) {
    return add(concat([ofBatch(clsToken), embedded], 1), posEmbed);
  }
  const first = [clsToken, regToken].filter((token) => token !== undefined);
  const placed = add(embedded, posEmbed);
  return first.length === 0 ? placed : concat([...first.map(ofBatch), placed], 1);
}
