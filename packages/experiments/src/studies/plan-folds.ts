/** @file The runs of `--folds`: one for each fold of a finished run's training images, which it leaves out. */
import { UserError } from "@mvt/common";
import type { PreparedData } from "../data/prepared.ts";
import { officialPath } from "../pretrained/official.ts";
import { readPretrainedFile } from "../pretrained/weights-file.ts";
import { planRun } from "../runs/planned-run.ts";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { openRun } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
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
  const pretrainedFile = await pretrainedFileOf(request);
  await requireRuns(request);
  return Array.from({ length: of }, (_fold, i) =>
    planRun({
      title: `${data.dataset.title}, seed ${config.seed}, without fold ${i + 1} of ${of}`,
      config: { ...base, fold: { k: i + 1, of } },
      data,
      after: [],
      pretrainedFile,
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
  const { sha256, source } = await readPretrainedFile(path, model);
  if (sha256 === pretrained.sha256) return source;
  throw new UserError(
    `--weights ${path}: expected the file that run ${run.id} started from (SHA-256 ${pretrained.sha256.slice(0, 12)}), found another (${sha256.slice(0, 12)}). Pass the file that the run was trained with.`,
  );
}

/** The runs whose weights the folds use as well must still be there. */
async function requireRuns({ run, config, runsFolder }: FoldsOf): Promise<void> {
  for (const needed of [config.pretrained, config.mgn]) {
    if (needed === undefined || !("run" in needed)) continue;
    if ((await openRun(runsFolder, needed.run).result()) !== undefined) continue;
    throw new UserError(
      `run ${run.id}: expected run ${needed.run}, which it started from, in ${runsFolder}, found none that is finished. Repeat the command that trained them.`,
    );
  }
}
