/**
 * @file Published files of weights: under which licence they are, and what they were trained on, as the README and LICENSE
 * files of their repositories say. Look at the source before you rely on it: owners change licences, and grant others.
 */

/** What its publishers say of a file. */
export interface PublishedWeights {
  /** "DeiT S/16" */
  readonly title: string;
  readonly licence: string;
  /** The images that it was trained on. */
  readonly trainedOn: string;
  /** Where that is said. */
  readonly source: string;
}

/** A published file, by the name that it is downloaded under. */
interface PublishedFile extends PublishedWeights {
  readonly fileName: string;
  /** The beginning of its SHA-256, where its name has it, as torch.hub checks it. */
  readonly sha256Start?: string;
}

const deit = {
  licence: "Apache-2.0",
  trainedOn: "ImageNet-1k",
  source: "https://github.com/facebookresearch/deit",
} as const;

/** With the beginning of its SHA-256 behind the last hyphen. */
const deitFile = (title: string, stem: string, sha256Start: string): PublishedFile => ({
  ...deit,
  title,
  fileName: `${stem}-${sha256Start}.pth`,
  sha256Start,
});

const deit3File = (size: string, title: string, data: "1k" | "21k"): PublishedFile => ({
  ...deit,
  title: `DeiT III ${title}`,
  fileName: `deit_3_${size}_224_${data}.pth`,
  trainedOn: data === "1k" ? "ImageNet-1k" : "ImageNet-21k, then ImageNet-1k",
});

const dinov2File = (size: string, title: string, registers: boolean): PublishedFile => ({
  title: `DINOv2 ${title}${registers ? " with registers" : ""}`,
  fileName: `dinov2_${size}14${registers ? "_reg4" : ""}_pretrain.pth`,
  licence: "Apache-2.0",
  trainedOn: "LVD-142M, by self-supervision",
  source: "https://github.com/facebookresearch/dinov2",
});

const mae = {
  licence: "CC-BY-NC 4.0 (no commercial use)",
  source: "https://github.com/facebookresearch/mae",
} as const;

/** The files that are known here, of the networks that `--backbone` and `--size` name. */
export const publishedFiles: readonly PublishedFile[] = [
  deitFile("DeiT Ti/16", "deit_tiny_patch16_224", "a1311bcf"),
  deitFile("DeiT S/16", "deit_small_patch16_224", "cd65a155"),
  deitFile("DeiT B/16", "deit_base_patch16_224", "b5f2ef4d"),
  deitFile("distilled DeiT Ti/16", "deit_tiny_distilled_patch16_224", "b40b3cf7"),
  deitFile("distilled DeiT S/16", "deit_small_distilled_patch16_224", "649709d9"),
  deitFile("distilled DeiT B/16", "deit_base_distilled_patch16_224", "df68dfff"),
  deit3File("small", "S/16", "1k"),
  deit3File("base", "B/16", "1k"),
  deit3File("small", "S/16", "21k"),
  deit3File("base", "B/16", "21k"),
  dinov2File("vits", "S/14", false),
  dinov2File("vitb", "B/14", false),
  dinov2File("vits", "S/14", true),
  dinov2File("vitb", "B/14", true),
  {
    ...mae,
    title: "MAE B/16",
    fileName: "mae_pretrain_vit_base.pth",
    trainedOn: "ImageNet-1k, by self-supervision",
  },
  {
    ...mae,
    title: "MAE B/16, fine-tuned",
    fileName: "mae_finetuned_vit_base.pth",
    trainedOn: "ImageNet-1k",
  },
];
