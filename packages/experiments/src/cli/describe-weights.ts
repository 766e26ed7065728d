/** @file A summary of a file of pre-trained weights: its network, and which arrays were loaded or skipped. */
import { basename } from "node:path";
import { printable } from "@mvt/common";
import { backbones, defaultBackbone, inputNormalizations } from "@mvt/core";
import type { NetworkDescription, VitReport } from "@mvt/core";
import { knownWords } from "../pretrained/lineage.ts";
import type { PretrainedFile } from "../pretrained/weights-file.ts";

/** A short summary: everything that was not loaded is in it. */
export function describeWeights({
  source,
  sha256,
  lineage,
  report,
  options: { key, normalization },
}: PretrainedFile): readonly string[] {
  const { loaded, startsAnew, resampled, otherEntries } = report;
  const known = knownWords(lineage);
  return [
    `weights ${basename(source)}: ${describeFile(report)}, SHA-256 ${sha256.slice(0, 12)}`,
    `  loaded ${loaded.length} parameters; new from the seed: ${startsAnew.join(", ") || "none"}`,
    ...(known === undefined ? [] : [`  ${printable(known)}`]),
    ...(key === undefined ? [] : [`  only what is under the key ${printable(key)}`]),
    ...(normalization === undefined
      ? []
      : [
          `  for pixels normalised with ${inputNormalizations[normalization].about}; the patch embedding was changed to compute the same from ImageNet's`,
        ]),
    ...skippedLines(report).map((line) => `  ${line}`),
    ...(resampled ? [`  ${resampledLine(resampled)}`] : []),
    ...(otherEntries.length > 0
      ? [`  in the file besides the weights, not read: ${listOf(otherEntries)}`]
      : []),
  ];
}

/** "DeiT S/16 with 1000 classes, PyTorch zip, timm's names" */
export function describeFile({ network, format, names }: VitReport): string {
  const parts = [network && networkLine(network), format, `${names}'s names`];
  return parts.filter((part) => part !== undefined).join(", ");
}

/** "DeiT S/16 (width 384, 12 blocks, patches of 16 x 16, 1000 classes)" */
export function networkLine(network: NetworkDescription): string {
  const { backbone, variant, width, depth, patchSize: P, classes, distilled, registers } = network;
  const { pooling } = network;
  const { title } = backbones[backbone];
  const kind =
    variant !== undefined
      ? `${title} ${variant}`
      : backbone === defaultBackbone
        ? "ViT"
        : `ViT in the form of ${title}`;
  const sizes = [
    `width ${width}`,
    `${depth} blocks`,
    `patches of ${P} x ${P}`,
    ...(registers > 0 ? [`${registers} registers`] : []),
    classes === undefined ? "no head" : `${classes} classes`,
    ...(pooling === undefined ? [] : [`${pooling} pooling`]),
  ];
  return `${distilled && variant ? "distilled " : ""}${kind} (${sizes.join(", ")})`;
}

export function resampledLine({ from, to }: NonNullable<VitReport["resampled"]>): string {
  return `position embeddings resampled from ${from} x ${from} to ${to} x ${to} patches, bicubic`;
}

/** One line per reason. */
function skippedLines({ skipped }: VitReport): readonly string[] {
  const byReason = Map.groupBy(skipped, ({ reason }) => reason);
  return [...byReason].map(
    ([reason, arrays]) => `skipped ${listOf(arrays.map(({ name }) => name))}: ${reason}`,
  );
}

/** All names of few, the first three of many. */
function listOf(names: readonly string[]): string {
  return names.length > 6
    ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`
    : names.join(", ");
}
