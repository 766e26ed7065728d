/** @file Parsers that load a data set. */
import { type Dataset, type DatasetName, type DatasetOptions, loadDataset } from "@mvt/datasets";

/** Loads a data set and returns all that it is. */
export const loading = (name: DatasetName, options?: DatasetOptions) => (folder: string) =>
  loadDataset(name, folder, options);

/** The same, and what `then` makes of it. */
export const loadingThen =
  (name: DatasetName, then: (dataset: Dataset, folder: string) => unknown) =>
  async (folder: string): Promise<unknown> =>
    then(await loadDataset(name, folder), folder);
