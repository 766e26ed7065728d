/** @file `pnpm exp data align`: finds, crops and aligns the faces of a folder of photographs. */
import { join, resolve } from "node:path";
import { CommandLineError, printable, UserError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { resizeImage } from "@mvt/core";
import { decodeImageFile } from "@mvt/datasets";
import type { Aligned } from "@mvt/faces";
import {
  defaultMargin,
  defaultMinScore,
  defaultSize,
  type Several,
  severalChoices,
} from "@mvt/faces/portable";
import { alignFacts, countStatuses, dataAlignJson } from "../evaluation/align-facts.ts";
import { contactSheet } from "../masks/contact-sheet.ts";
import { isShare, wholeFrom } from "./command.ts";
import { writeJson } from "./json-output.ts";
import { say } from "./messages.ts";
import { output } from "./options.ts";
import { createProgress } from "./progress.ts";
import { requireWritable } from "./writable.ts";

const aligning = "Aligning faces:";

/** A check for margins. From -0.5 on, nothing would be left of the image. */
export function isMargin(value: number, flag: string): void {
  if (value > -0.4 && value <= 2) return;
  throw new CommandLineError(
    `--${flag} ${value}: expected a share of the image's side above -0.4 and up to 2, such as 0.1.`,
  );
}

/** Options that every command which looks for faces has. */
export const faceOptions = {
  margin: {
    type: "number",
    check: isMargin,
    group: aligning,
    describe:
      "how much more of the surroundings to show on every side, as a share of the side [default: 0]",
  },
  "min-score": {
    type: "number",
    check: isShare,
    group: aligning,
    describe: "the detector's score from which on something is a face [default: 0.5]",
  },
} as const;

/** Throws a CommandLineError for an option of alignment without --faces. */
export function requireFaces(args: {
  readonly faces: boolean;
  readonly margin?: number;
  readonly minScore?: number;
}): void {
  const flag =
    args.margin !== undefined ? "margin" : args.minScore !== undefined ? "min-score" : undefined;
  if (args.faces || flag === undefined) return;
  throw new CommandLineError(
    `--${flag}: expected --faces with it, since without it an image is predicted whole. Add --faces, or leave it out.`,
  );
}

/** The options of `data align` alone. */
export const alignOptions = {
  out: {
    type: "string",
    group: output,
    describe: "of align: folder for the aligned images, the table and the contact sheet",
  },
  size: {
    type: "number",
    check: wholeFrom(16),
    group: aligning,
    describe: "pixels along the side of an aligned image [default: 100, as RAF-DB's]",
  },
  several: {
    choices: severalChoices,
    group: aligning,
    describe: "which faces of an image with several are written [default: largest]",
  },
  ...faceOptions,
} as const;

export interface AlignArgs {
  readonly data: string;
  readonly out?: string;
  readonly size?: number;
  readonly margin?: number;
  readonly minScore?: number;
  readonly several?: Several;
  readonly threads?: number;
  readonly json: boolean;
}

/** Throws a CommandLineError for an option of `data align` with another action. */
export function requireNoAlignment(args: Partial<AlignArgs>, action: string): void {
  const given = { ...args };
  const [name] = (["out", "size", "several", "margin", "minScore"] as const).filter(
    (option) => given[option] !== undefined,
  );
  if (name === undefined) return;
  const flag = name === "minScore" ? "min-score" : name;
  throw new CommandLineError(
    `--${flag}: expected it with \`data align\`, got it with \`data ${action}\`. Leave it out.`,
  );
}

/** Faces on the contact sheet, at most, and in a row of it; pixels along the side of each. */
const [mostOnSheet, perRow, sheetSize] = [200, 20, 48];

export async function alignFaces(args: AlignArgs): Promise<void> {
  const { data, out } = args;
  if (out === undefined) {
    throw new CommandLineError("data align: expected --out with a folder for the aligned images.");
  }
  await requireWritable("out", out);
  // Loaded here, since every other use of the command does without.
  const { alignFolder, openFaceFinder, tableName } = await import("@mvt/faces");
  const finder = openFaceFinder({ ...(args.threads && { threads: args.threads }) });
  const progress = createProgress();
  let aligned: Aligned;
  try {
    aligned = await alignFolder({
      from: data,
      to: out,
      finder,
      size: args.size ?? defaultSize,
      margin: args.margin ?? defaultMargin,
      several: args.several ?? "largest",
      minScore: args.minScore ?? defaultMinScore,
      onImage: (done, all) => {
        if (done % 100 === 0) progress.say(`${done} of ${all} images`);
      },
    });
  } finally {
    progress.end();
    await finder.close();
  }
  const sheet = await writeSheet(out, aligned.written);
  const table = join(out, tableName);
  if (args.json) {
    writeJson(dataAlignJson, alignFacts(aligned, { data, out, table, ...(sheet && { sheet }) }));
  } else {
    const counts = countStatuses(aligned);
    process.stdout.write(
      `${aligned.images.length} images: ${counts.found} with one face, ${counts.several} with several, ${counts.none} without, ${counts.unreadable} unreadable, ${counts["too large"]} too large; ${aligned.kept} were done before\n` +
        `${aligned.written.length} aligned images in ${printable(out)}\n`,
    );
  }
  const others = aligned.copied.length > 0 ? `; copied ${aligned.copied.length} other files` : "";
  say(`wrote ${table}${sheet ? ` and ${sheet}` : ""}${others}`);
  requireReadable(aligned);
}

/** Throws a UserError that names the first image which could not be read. */
function requireReadable({ images }: Aligned): void {
  const bad = images.filter(({ status }) => status === "unreadable" || status === "too large");
  const [first] = bad;
  if (first === undefined) return;
  throw new UserError(
    `data align: expected ${images.length} readable images, found ${images.length - bad.length}; the first of the others is ${first.file} (${first.rows[0]!.reason}). Put intact files in their place, or leave them out; the other images are done.`,
  );
}

/** A sheet of the aligned images, at most `mostOnSheet`, evenly chosen by name. Returns its path. */
async function writeSheet(out: string, written: readonly string[]): Promise<string | undefined> {
  if (written.length === 0) return undefined;
  const count = Math.min(mostOnSheet, written.length);
  const chosen = Array.from(
    { length: count },
    (_, i) => written[Math.floor((i * written.length) / count)]!,
  );
  const rows: Uint8Array[][] = [];
  for (const [i, file] of chosen.entries()) {
    if (i % perRow === 0) rows.push([]);
    rows.at(-1)!.push(resizeImage(await decodeImageFile(join(out, file)), sheetSize));
  }
  const path = join(out, "contact-sheet.png");
  await writeWhole(resolve(path), await contactSheet(rows, sheetSize, 1));
  return path;
}
