/** @file The weights of a vision transformer from a file, or the reason why they cannot be loaded. */
import { listFirst } from "@mvt/common";
import { formatShape } from "../../tensor.ts";
import { WeightsError } from "../error.ts";
import { keepNames } from "../stored.ts";
import type { NdArray, Weights } from "../weights.ts";
import { foreignOf } from "./foreign.ts";
import type { Match, VitMatch } from "./match.ts";
import { loadPositions } from "./positions.ts";

/** How an error names the network, and what to do if it is not the file's. */
export interface Wanted {
  /** "DeiT" */
  readonly title: string;
  /** Advice for a file of another network than the wanted one; absent if names and shapes do not show another network. */
  readonly advice?: string | undefined;
}

/**
 * Loads what was matched. Throws WeightsError if a parameter is missing or has another shape, if the file holds
 * parameters that this network does not have, and for values that are not finite.
 */
export function loadVit(match: VitMatch, wanted: Wanted): Weights {
  const problem = problemOf(match, wanted);
  if (problem !== undefined) throw problem;
  const { source } = match.file;
  return new Map(match.matched.map((each) => [each.parameter, loadFinite(each, source)]));
}

/** Why a match cannot be loaded; undefined if it can, as far as names and shapes tell. */
function problemOf(
  {
    file: { source, format, otherEntries, arrays },
    prefixes,
    matched,
    unknown,
    missing,
    unfit,
  }: VitMatch,
  { title, advice }: Wanted,
): WeightsError | undefined {
  if (prefixes.length > 1) {
    const keys = prefixes.map((prefix) => prefix.slice(0, -1)); // without the full stop
    return new WeightsError(
      `${source}: expected one network, got ${keys.length}, under ${listFirst(keys, 8)}`,
      `Choose one of them, for example with --weights-key ${keys[0]}.`,
    );
  }
  const foreign = foreignOf(arrays.keys());
  if (foreign !== undefined) {
    const { network, name } = foreign;
    return new WeightsError(
      `${source}: expected the weights of a ${title}, got those of ${network.title} (${name}), which no --backbone is: ${network.because}`,
      "Use weights of the same size from DeiT, DeiT III, DINOv2 or MAE; the guide to weights lists them.",
    );
  }
  const list = (names: readonly string[]) => listFirst(names, 3);
  if (matched.length === 0 && unfit.length === 0) {
    return new WeightsError(
      `${source}: expected the parameters of a ${title} with timm's or Hugging Face's names, got ${list(unknown) || "none of them"}`,
      "Use a file of DeiT or ViT weights; `pnpm exp weights fetch` gets the official one.",
    );
  }
  const [first] = unfit;
  if (first !== undefined) {
    const { parameter, expected, from, got } = first;
    return new WeightsError(
      `${source}: expected ${parameter} of shape ${formatShape(expected)}, got ${list(from)} of shape ${formatShape(got.shape)}, ${got.type}`,
      advice ?? `Use weights of a ${title} of the same width, depth and patch size.`,
    );
  }
  if (missing.length > 0) {
    return new WeightsError(
      `${source}: expected all parameters of the network, got none for ${list(missing)}`,
      format === "ONNX" && otherEntries.length > 0
        ? keepNames
        : isShard(source)
          ? "The file is one of several: pass their index, which ends in .index.json."
          : (advice ?? "Use weights of the same depth, with timm's or Hugging Face's names."),
    );
  }
  if (unknown.length > 0) {
    return new WeightsError(
      `${source}: expected no more than the parameters of a ${title} of this depth, got also ${list(unknown)}`,
      advice ??
        `Without them the network would compute something else; use weights of a ${title} of the same size.`,
    );
  }
  return undefined;
}

/** Whether a file is called as one of several: "model-00001-of-00002.safetensors". */
const isShard = (source: string) => /-\d{5}-of-\d{5}\.\w+$/.test(source);

function loadFinite({ from, array, positions }: Match, source: string): NdArray {
  const loaded = array.load();
  const wrong = loaded.data.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) {
    throw new WeightsError(
      `${source}: expected finite numbers in ${from.join(", ")}, got ${loaded.data[wrong]} at element ${wrong}`,
      "The file was damaged, or the training that made it diverged; use another one.",
    );
  }
  return positions === undefined ? loaded : loadPositions(loaded, positions);
}
