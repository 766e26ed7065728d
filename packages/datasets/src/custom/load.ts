/** @file Any other data: faces in class folders or in a table, with classes that the user explains. */
import { type Dataset, datasetTitles } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { expressions } from "../expression.ts";
import { findLayout } from "../layout.ts";
import { classFolders, loadClassFolders } from "./class-folders.ts";
import { classesOfMapping, type ClassMapping, ClassReader } from "./mapping.ts";
import { loadTable, tableLayout } from "./table.ts";

export interface CustomOptions {
  /** What the folders' or labels' names mean. */
  readonly classes: ClassMapping;
  /** Default: "csv" where there is a labels.csv, else "folders". */
  readonly layout?: "folders" | "csv" | undefined;
  /** As reports print it; default "Custom data". */
  readonly title?: string | undefined;
}

const layouts = [tableLayout, classFolders];

/** The user's own data. No image is opened. */
export async function loadCustom(
  folder: string,
  { custom }: { readonly custom?: CustomOptions | undefined },
): Promise<Dataset> {
  if (custom === undefined) {
    throw new DatasetError(
      `Custom data: expected the meaning of each class in ${folder}, found none. ` +
        `Pass --classes "angry=anger,happy=happiness,..." or a JSON file that says so.`,
    );
  }
  const title = custom.title ?? datasetTitles.custom;
  const classes = classesOfMapping(custom.classes);
  if (classes.length < 2) {
    throw new DatasetError(
      `${title}: expected classes of two expressions or more, found ${classes.join() || "none"}. ` +
        `Map your class names to ${expressions.join(", ")}.`,
    );
  }
  const wanted = layouts.filter(
    ({ name }) => custom.layout === undefined || name === custom.layout,
  );
  const layout = await findLayout(title, folder, wanted);
  const reader = new ClassReader(custom.classes);
  const load = layout.name === "csv" ? loadTable : loadClassFolders;
  const splits = await load(layout.root, reader, title);
  reader.requireAllUsed(folder);
  return {
    name: "custom",
    title,
    folder,
    layout: layout.name,
    protocol: "as labelled",
    classes,
    splits,
  };
}
