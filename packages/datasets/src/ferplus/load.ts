/** @file FERPlus: FER2013's faces with ten votes each, eight classes, three splits. */
import type { DatasetContents } from "../dataset.ts";
import type { DatasetDefinition, DatasetOptions } from "../definition.ts";
import { DatasetError } from "../error.ts";
import { findLayout } from "../layout.ts";
import { syntheticFerplus } from "../synthetic/write-ferplus.ts";
import { csvLayout, loadCsvLayout } from "./csv-layout.ts";
import { folderLayout, loadFolderLayout } from "./folder-layout.ts";
import { defaultFerplusProtocol, ferplusProtocols } from "./protocols.ts";
import { ferplusCounts, ferplusLists } from "./published.ts";
import { ferplusClasses } from "./votes.ts";

export const ferplus = {
  title: "FERPlus",
  folder: "ferplus",
  firstLabelNumber: 0,
  options: ["ferplusProtocol", "ferplusTrain"],
  load: loadFerplus,
  adviceIfEmpty: "Replace its label files by the published ones.",
  repeatsImages: true, // FER2013 has the same image in several rows and splits; nobody published how often
  publishedCounts: ferplusCounts,
  lists: ferplusLists,
  synthetic: syntheticFerplus,
} as const satisfies DatasetDefinition;

/**
 * FERPlus from its two tables or from its folders; from the tables if both are there. The two differ in their
 * votes, so print `layout` next to `protocol` with every result.
 */
async function loadFerplus(
  folder: string,
  title: string,
  { ferplusProtocol: protocol = defaultFerplusProtocol, ferplusTrain = "train" }: DatasetOptions,
): Promise<DatasetContents> {
  if (!Object.hasOwn(ferplusProtocols, protocol)) {
    throw new DatasetError(
      `FERPlus: expected one of the protocols ${Object.keys(ferplusProtocols).join(", ")}, ` +
        `found "${protocol}". Name one of them.`,
    );
  }
  const layout = await findLayout(title, folder, [csvLayout, folderLayout]);
  const load = layout.name === csvLayout.name ? loadCsvLayout : loadFolderLayout;
  const { train, validation, test } = await load(layout.root, protocol, title);
  const merge = ferplusTrain === "train+validation";
  return {
    layout: layout.name,
    protocol: merge ? `${protocol}, train+validation` : protocol,
    classes: ferplusClasses,
    splits: merge
      ? { train: [...train, ...validation], validation: [], test }
      : { train, validation, test },
  };
}
