/**
 * @file Reads what is known beyond the labels of a synthetic data set.
 *
 *     ground-truth/manifest.json      {"format": 1, "seed": 0, "labelNoise": 0.1, ...}
 *     ground-truth/labels.csv         id,split,true,given     (expressions by name)
 *     ground-truth/energy/<id>.png    grey: how much each pixel changes with the expression
 */
import { join } from "node:path";
import { isRecord, parseJson, shorten } from "@mvt/common";
import { readRegularText } from "@mvt/common/files";
import { readTable } from "./csv.ts";
import type { GroundTruth } from "./dataset.ts";
import type { Dataset } from "./datasets.ts";
import { DatasetError } from "./error.ts";
import { expressions, type Expression } from "./expression.ts";
import { exists } from "./files.ts";

const known: ReadonlySet<string> = new Set(expressions);

/** The ground truth of `dataset`, if its folder holds one. Throws DatasetError if it lacks a sample. */
export async function readGroundTruth(dataset: Dataset): Promise<GroundTruth | undefined> {
  const folder = join(dataset.folder, "ground-truth");
  if (!(await exists(folder))) return undefined;
  const labelNoise = await readLabelNoise(join(folder, "manifest.json"));
  const truth = await readExpressions(join(folder, "labels.csv"));
  for (const { id } of Object.values(dataset.splits).flat()) {
    if (!truth.has(id)) {
      throw new DatasetError(
        `${join(folder, "labels.csv")}: expected the true expression of every image, ` +
          `found none for ${id}. Draw the data set again, or remove ${folder}.`,
      );
    }
  }
  return {
    expressions: truth,
    labelNoise,
    expressionEnergy: (id) => join(folder, "energy", `${id}.png`),
  };
}

async function readLabelNoise(path: string): Promise<number> {
  const manifest = parseJson(await readRegularText(path).catch(() => ""));
  if (isRecord(manifest) && manifest["format"] === 1) {
    const { labelNoise } = manifest;
    if (typeof labelNoise === "number") return labelNoise;
  }
  throw new DatasetError(
    `${path}: expected a ground truth of format 1 with its labelNoise, found something else. ` +
      `Draw the data set again.`,
  );
}

async function readExpressions(path: string): Promise<Map<string, Expression>> {
  if (!(await exists(path))) {
    throw new DatasetError(`${path}: expected this file, found none. Draw the data set again.`);
  }
  const truth = new Map<string, Expression>();
  for await (const { fields, line } of readTable(path, ["id", "split", "true", "given"])) {
    const [id = "", , expression = ""] = fields;
    if (!isExpression(expression)) {
      throw new DatasetError(
        `${path}:${line}: expected one of ${expressions.join(", ")}, ` +
          `found "${shorten(expression)}". Draw the data set again.`,
      );
    }
    truth.set(id, expression);
  }
  return truth;
}

function isExpression(name: string): name is Expression {
  return known.has(name);
}
