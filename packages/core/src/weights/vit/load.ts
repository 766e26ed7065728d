/** @file The weights of a vision transformer out of a file, or the reason why they cannot be had. */
import { formatShape } from "../../tensor.ts";
import { WeightsError } from "../error.ts";
import { keepNames } from "../onnx.ts";
import type { NdArray, Weights } from "../weights.ts";
import type { Match, VitMatch } from "./match.ts";
import { resamplePositions } from "./positions.ts";

/**
 * Loads what was matched. Throws WeightsError where a parameter is missing or of another shape, where
 * the file holds parameters that this network has no place for, and for values that are not finite.
 */
export function loadVit(match: VitMatch): Weights {
  const problem = problemOf(match);
  if (problem !== undefined) throw problem;
  const { source } = match.file;
  return new Map(match.matched.map((each) => [each.parameter, loadFinite(each, source)]));
}

/** Why a match cannot be loaded; undefined if it can, as far as names and shapes tell. */
export function problemOf({
  file: { source, format, beside },
  matched,
  unknown,
  missing,
  unfit,
}: VitMatch): WeightsError | undefined {
  const list = (names: readonly string[]) =>
    names.length > 3
      ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`
      : names.join(", ");
  if (matched.length === 0 && unfit.length === 0) {
    return new WeightsError(
      `${source}: expected the parameters of a DeiT with timm's or Hugging Face's names, got ${list(unknown) || "none of them"}`,
      "Use a file of DeiT or ViT weights; `pnpm exp weights fetch` gets the official one.",
    );
  }
  const [first] = unfit;
  if (first !== undefined) {
    const { parameter, expected, from, got } = first;
    return new WeightsError(
      `${source}: expected ${parameter} of shape ${formatShape(expected)}, got ${list(from)} of shape ${formatShape(got.shape)}, ${got.type}`,
      "Use weights of the same width, depth and patch size: those of DeiT-S at scale paper.",
    );
  }
  if (missing.length > 0) {
    return new WeightsError(
      `${source}: expected all parameters of the network, got none for ${list(missing)}`,
      format === "ONNX" && beside.length > 0
        ? keepNames
        : "Use weights of the same depth, with timm's or Hugging Face's names.",
    );
  }
  if (unknown.length > 0) {
    return new WeightsError(
      `${source}: expected no more than the parameters of a DeiT of this depth, got also ${list(unknown)}`,
      "A network with more parts than ours would not give the same answers; use DeiT weights of the same variant.",
    );
  }
  return undefined;
}

function loadFinite({ parameter, from, array, positions }: Match, source: string): NdArray {
  const loaded = array.load();
  const wrong = loaded.data.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) {
    throw new WeightsError(
      `${source}: expected finite numbers in ${from.join(", ")}, got ${loaded.data[wrong]} at element ${wrong}`,
      "The file was damaged, or the training that made it diverged; use another one.",
    );
  }
  if (parameter !== "pos_embed" || positions === undefined) return loaded;
  return resamplePositions(withoutDistillation(loaded, positions.prefix), {
    ...positions,
    prefix: 1,
  });
}

/** Position embeddings without the second row of two before the patches'. */
function withoutDistillation({ shape, data }: NdArray, prefix: number): NdArray {
  if (prefix === 1) return { shape, data };
  const [, rows, D] = shape as readonly [number, number, number];
  const kept = new Float32Array(data.length - D);
  kept.set(data.subarray(0, D));
  kept.set(data.subarray(2 * D), D);
  return { shape: [1, rows - 1, D], data: kept };
}
