/** @file Custom data: faces in class folders or in a table, with classes that the user explains. */
import type { DatasetContents } from "../dataset.ts";
import type { DatasetDefinition, DatasetOptions } from "../definition.ts";
import { DatasetError } from "../error.ts";
import { expressions } from "../expression.ts";
import type { Loading } from "../labels.ts";
import { findLayout } from "../layout.ts";
import { classFolders, loadClassFolders } from "./class-folders.ts";
import { classesOfMapping, ClassReader } from "./mapping.ts";
import { loadTable, tableLayout } from "./table.ts";

export const custom = {
  title: "Custom data",
  folder: "custom",
  options: ["custom"],
  load: loadCustom,
  adviceIfEmpty: "Add images to both splits.",
  repeatsImages: false,
} as const satisfies DatasetDefinition;

async function loadCustom(
  folder: string,
  loading: Loading,
  { custom: options }: DatasetOptions,
): Promise<DatasetContents> {
  const { title } = loading;
  if (options === undefined) {
    throw new DatasetError(
      `Custom data: expected the meaning of each class in ${folder}, found none. ` +
        `Pass --classes "angry=anger,happy=happiness,..." or a JSON file that says so.`,
    );
  }
  const classes = classesOfMapping(options.classes);
  if (classes.length < 2) {
    throw new DatasetError(
      `${title}: expected classes of two expressions or more, found ${classes.join() || "none"}. ` +
        `Map your class names to ${expressions.join(", ")}.`,
    );
  }
  const wanted = [tableLayout, classFolders].filter(
    ({ name }) => options.layout === undefined || name === options.layout,
  );
  const layout = await findLayout(title, folder, wanted);
  const reader = new ClassReader(options.classes);
  const load = layout.name === tableLayout.name ? loadTable : loadClassFolders;
  const splits = await load(layout, reader, loading);
  reader.requireAllUsed(folder);
  return { layout: layout.name, protocol: "as labelled", classes, splits };
}
