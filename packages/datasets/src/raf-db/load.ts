/** @file RAF-DB, basic expressions: 12,271 faces to train on and 3,068 to test on, seven classes. */
import { datasetTitles, type Dataset } from "../dataset.ts";
import { findLayout } from "../layout.ts";
import { rafDbClasses } from "./classes.ts";
import { kaggle, loadKaggle } from "./kaggle.ts";
import { loadOfficial, official } from "./official.ts";

/**
 * RAF-DB from its official folder or from Kaggle's; the official one where both are there.
 * It has no validation split. No image is opened.
 */
export async function loadRafDb(folder: string): Promise<Dataset> {
  const title = datasetTitles["raf-db"];
  const layout = await findLayout(title, folder, [official, ...kaggle]);
  const load = layout.name === "official" ? loadOfficial : loadKaggle;
  const { train, test } = await load(layout.root);
  return {
    name: "raf-db",
    title,
    folder,
    layout: layout.name,
    protocol: "basic",
    classes: rafDbClasses,
    splits: { train, validation: [], test },
  };
}
