/**
 * @file FERPlus from its two tables: the images in fer2013.csv, the votes in fer2013new.csv.
 *
 *     fer2013.csv       emotion,pixels,Usage                             0,12 34 56 ... ,Training
 *     fer2013new.csv    Usage,Image name,neutral,...,contempt,unknown,NF Training,fer0000000.png,4,0,...
 *
 * Kaggle has the images as icml_face_data.csv, too, with the header "emotion, Usage, pixels". Columns are found by name.
 * The tables are paired by the order of their rows: the number in an image name is not the row's.
 * A row without a name is no face and is skipped. Four names have two rows each; the authors'
 * script lets the second image overwrite the first. Here both rows stay, each with its own image
 * and votes. The id of the second ends in "-2".
 */
import { join } from "node:path";
import { shorten } from "@mvt/common";
import { readColumns } from "../csv.ts";
import type { Sample, SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { fer2013Classes } from "./fer2013.ts";
import { applyProtocol, type FerplusProtocol } from "./protocols.ts";
import { readName, readVotes, voteColumns } from "./votes.ts";

/** What tables are called, and the folders that archives of Kaggle's and Microsoft's unpack to. */
const [imageTables, voteTable] = [["fer2013.csv", "icml_face_data.csv"], "fer2013new.csv"];
const repositories = ["FERPlus", "FERPlus-master"];

const side = 48; // pixels; all of FER2013
const [space, zero, nine] = [0x20, 0x30, 0x39]; // character codes

export const csvLayout: Layout = {
  name: "csv",
  files: [
    ["", "fer2013", ...repositories].flatMap((folder) =>
      imageTables.map((name) => join(folder, name)),
    ),
    ["", ...repositories].map((folder) => join(folder, voteTable)),
  ],
  roots: ["", "data"],
};

/** FER2013's name of each split. */
const usages: ReadonlyMap<string, SplitName> = new Map([
  ["Training", "train"],
  ["PublicTest", "validation"],
  ["PrivateTest", "test"],
]);

/** A row of fer2013new.csv under a protocol; without `label` if it is to be skipped. */
interface LabelRow {
  readonly split: SplitName;
  readonly line: number;
  readonly label?: Pick<Sample, "id" | "expression">;
}

/** The samples of FERPlus' tables. */
export interface FerplusTables {
  /** In the order of the tables, labelled by votes. */
  readonly splits: Readonly<Record<SplitName, readonly Sample[]>>;
  /** FER2013's labels by sample id: column `emotion`, which FERPlus replaced by votes. */
  readonly emotions: ReadonlyMap<string, Expression>;
}

export async function loadCsvLayout(
  { root, files: [images = "", votes = ""] }: FoundLayout,
  protocol: FerplusProtocol,
): Promise<FerplusTables> {
  const labelsPath = join(root, votes);
  const imagesPath = join(root, images);
  const labels = await readLabels(labelsPath, protocol);
  const emotions = new Map<string, Expression>();
  const splits: Record<SplitName, Sample[]> = { train: [], validation: [], test: [] };
  let row = 0;
  for await (const { fields, line } of readColumns(imagesPath, ["emotion", "pixels", "Usage"])) {
    const given = labels[row];
    if (given === undefined) throw unequalLengths(imagesPath, labelsPath, labels.length);
    const where = `${imagesPath}:${line}`;
    const split = readUsage(where, fields[2]!);
    if (split !== given.split) {
      throw new DatasetError(
        `${where}: expected the Usage that ${labelsPath}:${given.line} has, ` +
          `found "${fields[2]}". Use both tables as published, with their rows in order.`,
      );
    }
    const emotion = readEmotion(where, fields[0]!);
    if (given.label !== undefined) {
      const grey = readPixels(where, fields[1]!);
      const image = { kind: "pixels", width: side, height: side, grey } as const;
      splits[split].push({ ...given.label, image });
      emotions.set(given.label.id, emotion);
    }
    row += 1;
  }
  if (row !== labels.length) throw unequalLengths(imagesPath, labelsPath, labels.length, row);
  return { splits, emotions };
}

async function readLabels(path: string, protocol: FerplusProtocol): Promise<LabelRow[]> {
  const rows: LabelRow[] = [];
  const seen = new Map<string, number>();
  for await (const { fields, line } of readColumns(path, ["Usage", "Image name", ...voteColumns])) {
    const where = `${path}:${line}`;
    const split = readUsage(where, fields[0]!);
    const name = fields[1]!.trim();
    const counts = readVotes(where, fields.slice(2));
    if (name === "") {
      rows.push({ split, line });
      continue;
    }
    const stem = readName(where, name);
    const times = (seen.get(stem) ?? 0) + 1; // dropped rows count too, so ids hold for every protocol
    seen.set(stem, times);
    const expression = applyProtocol(counts, protocol);
    const id = times === 1 ? stem : `${stem}-${times}`;
    rows.push(
      expression === undefined ? { split, line } : { split, line, label: { id, expression } },
    );
  }
  return rows;
}

function readUsage(where: string, field: string): SplitName {
  const split = usages.get(field.trim());
  if (split === undefined) {
    throw new DatasetError(
      `${where}: expected the Usage ${[...usages.keys()].join(" or ")}, found "${shorten(field)}". ` +
        `Replace the file by the published one.`,
    );
  }
  return split;
}

function readEmotion(where: string, field: string): Expression {
  const emotion = /^\d$/.test(field.trim()) ? fer2013Classes[Number(field)] : undefined;
  if (emotion === undefined) {
    throw new DatasetError(
      `${where}: expected an emotion from 0 (anger) to 6 (neutral), found "${shorten(field)}". ` +
        `Replace the file by the published one.`,
    );
  }
  return emotion;
}

/** 48 * 48 numbers from 0 to 255 with spaces between, row by row. */
function readPixels(where: string, text: string): Uint8Array {
  const grey = new Uint8Array(side * side);
  let count = 0;
  let value = -1; // no digit since the last space
  let valid = true;
  for (let i = 0; i <= text.length; i += 1) {
    const code = i < text.length ? text.charCodeAt(i) : space;
    if (code >= zero && code <= nine) {
      value = Math.max(value, 0) * 10 + (code - zero);
    } else if (code !== space) {
      valid = false;
    } else if (value >= 0) {
      valid &&= value <= 255;
      grey[count] = value; // no effect beyond the end
      count += 1;
      value = -1;
    }
  }
  if (!valid || count !== grey.length) {
    throw new DatasetError(
      `${where}: expected ${grey.length} pixels from 0 to 255 with spaces between, ` +
        `found ${count} numbers: "${shorten(text)}". Replace the file by the published one.`,
    );
  }
  return grey;
}

function unequalLengths(imagesPath: string, labelsPath: string, labels: number, rows?: number) {
  return new DatasetError(
    `${imagesPath}: expected the ${labels} rows of ${labelsPath}, ` +
      `found ${rows ?? "more"}. Use both tables as published, with their rows in order.`,
  );
}
