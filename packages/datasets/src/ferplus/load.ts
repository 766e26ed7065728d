/** @file FERPlus: FER2013's faces with ten votes each, eight classes, three splits. */
import type { DatasetContents } from "../dataset.ts";
import type { DatasetDefinition, DatasetOptions } from "../definition.ts";
import { DatasetError } from "../error.ts";
import type { Loading } from "../labels.ts";
import { findLayout } from "../layout.ts";
import { syntheticFerplus } from "../synthetic/write-ferplus.ts";
import { csvLayout, loadCsvLayout } from "./csv-layout.ts";
import { withFer2013Labels } from "./fer2013.ts";
import { folderLayout, loadFolderLayout } from "./folder-layout.ts";
import { defaultFerplusProtocol, ferplusProtocols } from "./protocols.ts";
import { ferplusCounts, ferplusLists, mergedWords } from "./published.ts";
import { ferplusClasses } from "./votes.ts";

export const ferplus = {
  title: "FERPlus",
  folder: "ferplus",
  firstLabelNumber: 0,
  options: ["ferplusProtocol", "ferplusTrain", "ferplusLabels"],
  load: loadFerplus,
  adviceIfEmpty: "Replace its label files by the published ones.",
  repeatsImages: true, // FER2013 has the same image in several rows and splits; nobody published how often
  publishedCounts: ferplusCounts,
  lists: ferplusLists,
  synthetic: syntheticFerplus,
} as const satisfies DatasetDefinition;

const elsewhere =
  "FER2013's own labels without FERPlus' votes, or folders named by expressions, are read as custom data: --dataset custom --classes.";

/**
 * FERPlus from its two tables or from its folders; from the tables if both are there. The two differ in their
 * votes, so print `layout` next to `protocol` with every result.
 */
async function loadFerplus(
  folder: string,
  loading: Loading,
  {
    ferplusProtocol: protocol = defaultFerplusProtocol,
    ferplusTrain = "train",
    ferplusLabels = "votes",
  }: DatasetOptions,
): Promise<DatasetContents> {
  if (!Object.hasOwn(ferplusProtocols, protocol)) {
    throw new DatasetError(
      `FERPlus: expected one of the protocols ${Object.keys(ferplusProtocols).join(", ")}, ` +
        `found "${protocol}". Name one of them.`,
    );
  }
  const { title } = loading;
  const layout = await findLayout(title, folder, [csvLayout, folderLayout], elsewhere);
  const { splits, emotions } =
    layout.name === csvLayout.name
      ? await loadCsvLayout(layout, protocol)
      : { splits: await loadFolderLayout(layout, protocol, loading), emotions: undefined };
  const merge = ferplusTrain === "train+validation";
  const voted = merge ? [...splits.train, ...splits.validation] : splits.train;
  const wantsFirst = ferplusLabels === "fer2013";
  if (wantsFirst && emotions === undefined) {
    throw new DatasetError(
      `${title}: expected fer2013.csv and fer2013new.csv in ${folder} for FER2013's labels, found the layout ` +
        `${layout.name}, which does not have them. Add both tables, or use the votes.`,
    );
  }
  const { train, trueExpressions } =
    wantsFirst && emotions
      ? withFer2013Labels(voted, emotions)
      : { train: voted, trueExpressions: undefined };
  const words = [protocol, merge && mergedWords, wantsFirst && "FER2013's labels"];
  return {
    layout: layout.name,
    protocol: words.filter(Boolean).join(", "),
    classes: ferplusClasses,
    splits: { train, validation: merge ? [] : splits.validation, test: splits.test },
    ...(trueExpressions && { trueExpressions }),
  };
}
