/** @file The file that the paper starts from: DeiT-S, pre-trained on ImageNet by its authors. */
import { resolve } from "node:path";

/**
 * Touvron et al., https://github.com/facebookresearch/deit, Apache-2.0. Its name ends in the first
 * eight hexadecimal digits of its SHA-256, which torch.hub checks, too.
 */
export const officialWeights = {
  url: "https://dl.fbaipublicfiles.com/deit/deit_small_patch16_224-cd65a155.pth",
  fileName: "deit_small_patch16_224-cd65a155.pth",
  sha256Start: "cd65a155",
  /** It has 22,050,664 parameters of four bytes, and their names. */
  maximumBytes: 100_000_000,
} as const;

/** Where the file is fetched to, and looked for where no other is named. */
export function officialPath(): string {
  return resolve("data/weights", officialWeights.fileName);
}
