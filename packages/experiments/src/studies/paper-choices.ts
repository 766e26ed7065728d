/** @file The m and f that the paper chooses for each data set in sections 4.3 and 4.4. */
import { type DatasetName, datasetNames } from "@mvt/datasets";
import type { BuiltInName } from "@mvt/relabel";

export interface PaperChoice {
  readonly m: number;
  /** Absent: no relabelling, as the paper has it on AffectNet. */
  readonly f?: BuiltInName;
}

/**
 * "15% for RAF-DB, AffectNet-7, and AffectNet-8, while 20% for FERPlus"; "the sigmoid type f for RAF-DB and the quadratic type f for FERPlus";
 * "we do not add the dynamic relabeling module in the training of AffectNet". On other data, as on RAF-DB.
 */
const choices: Readonly<Partial<Record<DatasetName, PaperChoice>>> = {
  ferplus: { m: 0.2, f: "quadratic" },
  "affectnet-7": { m: 0.15 },
  "affectnet-8": { m: 0.15 },
};

const onOtherData: PaperChoice = { m: 0.15, f: "sigmoid" };

/** For every data set. */
export const paperChoices = Object.fromEntries(
  datasetNames.map((name) => [name, choices[name] ?? onOtherData]),
) as Readonly<Record<DatasetName, PaperChoice>>;
