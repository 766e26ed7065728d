/** @file The runs of `--folds`: one for each fold of a finished run's training images, which it leaves out. */
import { UserError } from "@mvt/common";
import { applyLabelList } from "@mvt/datasets";
import type { LabelList } from "@mvt/datasets";
import type { PreparedData } from "../data/prepared.ts";
import { officialPath } from "../pretrained/official.ts";
import { readPretrainedFile } from "../pretrained/weights-file.ts";
import { planRun } from "../runs/planned-run.ts";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { noiseTitle } from "../runs/provenance.ts";
import { openRun } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { startOf } from "../runs/result.ts";
import type { ClassifierConfig } from "../settings/run-config.ts";

export interface FoldsOf {
  readonly run: RunFolder;
  readonly config: ClassifierConfig;
  /** The data that the run was trained on. */
  readonly data: PreparedData;
  /** K. */
  readonly of: number;
  readonly runsFolder: string;
  /** The file of pre-trained weights, of a run that started from one. */
  readonly weights?: string;
  /** The list of noisy labels, of a run that was trained on one. */
  readonly list?: LabelList;
}

/**
 * K runs with the configuration of a finished one, each without a fold and without relabelling: a network that relabels
 * would not be trained on the labels that are to be judged, and runs that differ in their relabelling share their folds.
 *
 * Throws UserError for more folds than images, for a run that leaves out a fold itself, and where a run or a file that
 * it started from is not there any more.
 */
export async function planFolds(request: FoldsOf): Promise<readonly PlannedClassifier[]> {
  const { run, config, data, of } = request;
  const { relabel: _, ...base } = config;
  if (config.fold) {
    throw new UserError(
      `run ${run.id}: expected a run on all training images, found one without fold ${config.fold.k} of ${config.fold.of}. Name the run that its folds belong to.`,
    );
  }
  const n = data.train.rows.length;
  if (of > n) {
    throw new UserError(
      `--folds ${of}: expected at most as many folds as training images, which are ${n}. Pass a smaller number; 5 is usual.`,
    );
  }
  const listed = listedLabels(request);
  const pretrainedFile = await pretrainedFileOf(request);
  const start = startOf(await run.result());
  await requireRuns(request);
  const titles = [
    data.dataset.title,
    ...(config.labels === "true" ? ["true labels"] : []),
    ...(config.noise ? [noiseTitle(config.noise)] : []),
    `seed ${config.seed}`,
  ];
  return Array.from({ length: of }, (_fold, i) =>
    planRun({
      title: [...titles, `without fold ${i + 1} of ${of}`].join(", "),
      config: { ...base, fold: { k: i + 1, of } },
      data,
      after: [],
      listed,
      pretrainedFile,
      pretrainedAbout: start?.about,
      mgnFile: config.mgn && "sha256" in config.mgn ? run.path("mgn.safetensors") : undefined,
    }),
  );
}

/** The file that a run started from: --weights, or the official one. */
async function pretrainedFileOf({
  run,
  config: { pretrained, model },
  weights,
}: FoldsOf): Promise<string | undefined> {
  if (pretrained === undefined || "run" in pretrained) return undefined;
  const path = weights ?? officialPath();
  const { sha256: expected, ...options } = pretrained;
  const { sha256, source } = await readPretrainedFile(path, model, options);
  if (sha256 === expected) return source;
  throw new UserError(
    `--weights ${path}: expected the file that run ${run.id} started from (SHA-256 ${expected.slice(0, 12)}), found another (${sha256.slice(0, 12)}). Pass the file that the run was trained with.`,
  );
}

/** The labels of the list that the run was trained on; undefined of a run on no list. */
function listedLabels({
  run,
  config: { noise },
  data,
  list,
}: FoldsOf): ReadonlyMap<string, number> | undefined {
  if (noise?.kind !== "list") return undefined;
  const expected = `expected the list of labels that run ${run.id} was trained on (${noiseTitle(noise)})`;
  if (list === undefined) {
    throw new UserError(`--noise-list: ${expected}, got none. Pass its path.`);
  }
  const { labels, sha256 } = applyLabelList(list, data.dataset);
  if (sha256 === noise.sha256) return labels;
  throw new UserError(
    `--noise-list ${list.path}: ${expected}, found another. Pass the one that the run was trained with.`,
  );
}

/** The runs whose weights or predictions the folds use as well must still be there. */
async function requireRuns({ run, config, runsFolder }: FoldsOf): Promise<void> {
  const { noise } = config;
  const source = noise && "from" in noise ? noise.from : undefined;
  for (const needed of [config.pretrained, config.mgn, source]) {
    if (needed === undefined || !("run" in needed)) continue;
    if ((await openRun(runsFolder, needed.run).result()) !== undefined) continue;
    throw new UserError(
      `run ${run.id}: expected run ${needed.run}, which it was made from, in ${runsFolder}, found none that is finished. Repeat the command that trained them.`,
    );
  }
}
