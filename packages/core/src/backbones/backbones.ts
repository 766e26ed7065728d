/**
 * @file The networks that a classifier can be: each is declared, traced and filled from a file of weights by the
 * functions of its record. Types, help, configurations and the readers of weights take them from here.
 *
 * All of them are vision transformers on square patches, because masks are made of patches; what sets them apart
 * are the options of `deit/vit.ts`.
 */
import { variants } from "../deit/config.ts";
import type { VitConfig } from "../deit/config.ts";
import { declareVit, traceClassify } from "../deit/vit.ts";
import type { DropFactors, Trace, Vit } from "../deit/vit.ts";
import type { Scope } from "../nn/parameters.ts";
import type { Tensor } from "../tensor.ts";
import type { WeightsFile } from "../weights/stored.ts";
import type { Resampling } from "../weights/vit/positions.ts";
import { describeVit } from "../weights/vit/describe.ts";
import { foreignOf } from "../weights/vit/foreign.ts";
import type { VitDescription } from "../weights/vit/describe.ts";
import { loadVit } from "../weights/vit/load.ts";
import { matchVit } from "../weights/vit/match.ts";
import type { VitMatch, VitShape } from "../weights/vit/match.ts";
import type { Weights } from "../weights/weights.ts";

/** A network without its head, as configurations of runs hold it. */
export interface BackboneConfig extends Omit<VitConfig, "classes"> {
  /** The default, "deit", if absent. */
  readonly backbone?: BackboneName;
}

/** A whole classifier. */
export interface NetworkConfig extends BackboneConfig {
  /** K */
  readonly classes: number;
}

export interface Backbone {
  /** "DeiT": its name in messages and reports. */
  readonly title: string;
  /** What it is, in one line of help. */
  readonly about: string;
  /** The network of this kind in the size of a DeiT. */
  readonly of: (size: BackboneConfig) => BackboneConfig;
  /** Declares all parameters of the classifier. Throws ShapeError unless heads divide the width, and patches the image. */
  readonly declare: (scope: Scope, config: NetworkConfig) => Vit;
  /** Normalised patches [B, N, 3 P P] to logits [B, K], with the inputs of the blocks. */
  readonly trace: (network: Vit, patches: Tensor, drop?: DropFactors) => Trace;
  /** Which array of a file becomes which parameter, and what is left over. Nothing is refused yet. */
  readonly match: (
    file: WeightsFile,
    network: BackboneConfig & Pick<VitShape, "classes">,
  ) => VitMatch;
  /** Loads what was matched. Throws WeightsError for what is missing, too much, of another shape or not finite. */
  readonly load: (match: VitMatch) => Weights;
  /** What the file tells of its network; undefined unless it holds one of this kind. */
  readonly describe: (file: WeightsFile) => VitDescription | undefined;
}

/** The options of a vision transformer that make it one kind or the other. */
type Kind = Pick<VitConfig, "registers" | "layerScale" | "classPosition"> & {
  /** P of the published networks in place of DeiT's 16; that of the size if absent. */
  readonly patchSize?: number;
  /** How its authors resample position embeddings, if not as timm. */
  readonly resampling?: Resampling;
};

function visionTransformer(about: Pick<Backbone, "title" | "about">, kind: Kind): Backbone {
  const { patchSize: published, resampling, ...options } = kind;
  const of = (size: BackboneConfig): BackboneConfig => ({
    ...size,
    ...options,
    patchSize: size.patchSize === 16 ? (published ?? 16) : size.patchSize,
  });
  return {
    ...about,
    of,
    declare: declareVit,
    trace: traceClassify,
    match: (file, network) => matchVit(file, network, resampling),
    load: (match) => loadVit(match, { title: about.title, advice: adviceFor(match, about.title) }),
    describe: (file) => {
      const found = describeVit(file);
      const { layerScale, registers = 0, classPosition = true } = kind;
      const isThis =
        found?.layerScale === (layerScale !== undefined) &&
        found.registers > 0 === registers > 0 &&
        // Of DINOv2 with registers, the authors' files have a position for the class token, and timm's have none.
        (!found.layerScale || registers > 0 || (found.classPosition ?? false) === classPosition);
      if (!isThis || foreignOf(file.arrays.keys()) !== undefined) return undefined;
      const variant = Object.entries(variants).find(([, size]) => {
        const { width, depth, patchSize } = of(size);
        return found.width === width && found.depth === depth && found.patchSize === patchSize;
      });
      return { ...found, variant: variant?.[0].replace(/\/.*/, `/${found.patchSize}`) };
    },
  };
}

/** The backbones, by the name that `--backbone` takes. */
export const backbones = {
  deit: visionTransformer({ title: "DeiT", about: "the paper's network" }, {}),
  deit3: visionTransformer(
    {
      title: "DeiT III",
      about: "with LayerScale, and no position embedding for the class token",
    },
    { layerScale: 1e-6, classPosition: false }, // timm's deit3_small_patch16_224
  ),
  dinov2: visionTransformer(
    {
      title: "DINOv2",
      about: "with LayerScale, and patches of 14 x 14 pixels at 224 x 224",
    },
    { layerScale: 1e-5, patchSize: 14, resampling: "dinov2" }, // vit_small_patch14_dinov2
  ),
  "dinov2-reg": visionTransformer(
    {
      title: "DINOv2 with registers",
      about: "as deit3, with four register tokens, and patches of 14 x 14 pixels at 224 x 224",
    },
    { registers: 4, layerScale: 1e-5, classPosition: false, patchSize: 14 }, // vit_small_patch14_reg4_dinov2
  ),
} as const satisfies Readonly<Record<string, Backbone>>;

export type BackboneName = keyof typeof backbones;

export const backboneNames = Object.keys(backbones) as readonly BackboneName[];

export const defaultBackbone: BackboneName = "deit";

/** The record of a configuration's backbone. */
export function backboneOf({ backbone = defaultBackbone }: BackboneConfig): Backbone {
  return backbones[backbone];
}

/** A network of the named kind in the size of a DeiT. For the default it is `size` itself, so that run ids stay. */
export function withBackbone(size: BackboneConfig, backbone: BackboneName): BackboneConfig {
  return backbone === defaultBackbone ? size : { ...backbones[backbone].of(size), backbone };
}

/** Declares the classifier of a configuration. */
export function declareNetwork(scope: Scope, config: NetworkConfig): Vit {
  return backboneOf(config).declare(scope, config);
}

/** Normalised patches [B, N, 3 P P] to logits [B, K], with the inputs of the blocks. */
export function traceNetwork(network: Vit, patches: Tensor, drop?: DropFactors): Trace {
  return backboneOf(network.config).trace(network, patches, drop);
}

export interface NetworkDescription extends VitDescription {
  readonly backbone: BackboneName;
}

/** Which backbone a file holds, and in which size; undefined if none of them. */
export function describeNetwork(file: WeightsFile): NetworkDescription | undefined {
  for (const backbone of backboneNames) {
    const found = backbones[backbone].describe(file);
    if (found !== undefined) return { ...found, backbone };
  }
  return undefined;
}

/** What to do about a file of another backbone than the wanted one, or of one that was trained with average pooling. */
function adviceFor({ file, unknown }: VitMatch, wanted: string): string | undefined {
  const found = describeNetwork(file);
  if (found === undefined) return undefined;
  const { title } = backbones[found.backbone];
  const other = title === wanted ? undefined : `--backbone ${found.backbone}`;
  const averages = found.pooling === "average" && unknown.some((name) => /fc_norm\./.test(name));
  if (averages) {
    const flags = [other, "--pooling average"].filter((flag) => flag !== undefined).join(" ");
    return `The file was trained with average pooling of the patches, not with the class token: choose that with ${flags}.`;
  }
  if (other === undefined) return undefined;
  return `The file holds a ${title}: choose that network with ${other}, or use weights of a ${wanted}.`;
}
