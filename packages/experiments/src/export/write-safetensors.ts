/** @file A run's weights for Python: safetensors with timm's names. */
import { dirname, join, parse, resolve } from "node:path";
import { decodeSafetensors, describeModel, encodeSafetensors } from "@mvt/core";
import { readRegular, writeWhole } from "@mvt/common/files";
import { generatorFolder } from "../runs/mgn-file.ts";
import { describeRun } from "./describe-run.ts";
import type { Described } from "./describe-run.ts";

/**
 * Writes the classifier, and next to it the mask generator if there is one. The run's own file holds the
 * same arrays under the same names, but says nothing of classes and preprocessing.
 */
export async function writeSafetensors(
  described: Described & { readonly runsFolder: string },
  out: string,
  print: (line: string) => void,
): Promise<void> {
  const { run, weights: name, config } = described;
  const own = run.path(`${name}.safetensors`);
  const { weights } = decodeSafetensors(await readRegular(own), own);
  const metadata = describeModel(describeRun(described, "pixels", "float32"));
  await writeWhole(resolve(out), encodeSafetensors(weights, metadata));
  print(`wrote ${out}: timm's names; the arrays of ${own} with metadata`);
  if (config.mgn === undefined) return;
  const generator = generatorFolder(config.mgn, run, described.runsFolder).path("mgn.safetensors");
  const generatorPath = join(dirname(out), `${parse(out).name}.mgn.safetensors`);
  await writeWhole(resolve(generatorPath), await readRegular(generator));
  print(`wrote ${generatorPath}: the mask generator, a copy of ${generator}`);
}
