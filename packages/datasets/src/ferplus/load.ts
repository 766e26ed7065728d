/** @file FERPlus: FER2013's faces with ten votes each, eight classes, three splits. */
import { datasetTitles, type Dataset } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { findLayout } from "../layout.ts";
import { csvLayout, loadCsvLayout } from "./csv-layout.ts";
import { folderLayout, loadFolderLayout } from "./folder-layout.ts";
import { defaultFerplusProtocol, ferplusProtocols, type FerplusProtocol } from "./protocols.ts";
import { ferplusClasses } from "./votes.ts";

/** What makes up the training split: FER2013's Training, or Training and PublicTest together. */
export type FerplusTrain = "train" | "train+validation";

export interface FerplusOptions {
  /** Default "argmax-10". */
  readonly ferplusProtocol?: FerplusProtocol | undefined;
  /** Default "train". With "train+validation" the validation split is empty. */
  readonly ferplusTrain?: FerplusTrain | undefined;
}

/**
 * FERPlus from its two tables or from its folders; from the tables where both are there. The two
 * differ in their votes, so `layout` belongs beside `protocol` wherever a result is printed.
 * No image file is opened.
 */
export async function loadFerplus(folder: string, options: FerplusOptions): Promise<Dataset> {
  const { ferplusProtocol: protocol = defaultFerplusProtocol, ferplusTrain = "train" } = options;
  if (!Object.hasOwn(ferplusProtocols, protocol)) {
    throw new DatasetError(
      `FERPlus: expected one of the protocols ${Object.keys(ferplusProtocols).join(", ")}, ` +
        `found "${protocol}". Name one of them.`,
    );
  }
  const title = datasetTitles.ferplus;
  const layout = await findLayout(title, folder, [csvLayout, folderLayout]);
  const load = layout.name === csvLayout.name ? loadCsvLayout : loadFolderLayout;
  const { train, validation, test } = await load(layout.root, protocol);
  const merge = ferplusTrain === "train+validation";
  return {
    name: "ferplus",
    title,
    folder,
    layout: layout.name,
    protocol: merge ? `${protocol}, train+validation` : protocol,
    classes: ferplusClasses,
    splits: merge
      ? { train: [...train, ...validation], validation: [], test }
      : { train, validation, test },
  };
}
