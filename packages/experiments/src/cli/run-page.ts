/** @file What the page of a finished run says, from the run's own files. */
import { existsSync } from "node:fs";
import { percent } from "@mvt/common";
import { datasets } from "@mvt/datasets";
import type { Provenance } from "@mvt/report";
import type { Plot } from "@mvt/report/html/curves";
import type { RelabelledImage } from "@mvt/report/html/relabelled";
import type { RunPage } from "@mvt/report/html/run-page";
import { readChanges } from "../evaluation/changed-images.ts";
import { howEvaluated } from "../runs/how-evaluated.ts";
import { readPredictions } from "../runs/predictions.ts";
import { readLabels } from "../runs/read-labels.ts";
import { readMetrics } from "../runs/read-metrics.ts";
import { epochMetrics, mgnMetrics } from "../runs/result.ts";
import type { EpochMetrics, MgnMetrics, RunResult } from "../runs/result.ts";
import { leavesOf } from "../runs/run-facts.ts";
import { readConfig } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { trainedRuns } from "../runs/trained-runs.ts";
import type { ClassifierConfig, RunConfig } from "../settings/run-config.ts";
import { describePredicted } from "./evaluation-report.ts";
import { formatCount } from "./run-summary.ts";

/** A run with what its files say of it; pictures and links to other pages are not in its files. */
export interface ReadRun {
  readonly config: RunConfig;
  readonly page: Omit<RunPage, "differs" | "uses" | "usedBy">;
}

/**
 * Reads a finished run. `report`: the provenance of the report, which that of the page completes. Throws a UserError if a
 * file is damaged.
 */
export async function readRun(
  run: RunFolder,
  result: RunResult,
  runsFolder: string,
  report: Provenance,
): Promise<ReadRun> {
  const config = await readConfig(run);
  const predictions =
    config.kind === "classifier" && existsSync(run.path("predictions.csv"))
      ? await readPredictions(run)
      : undefined;
  const images =
    config.kind === "classifier" && config.relabel && existsSync(run.path("labels.csv"))
      ? await relabelledImages(run, predictions?.classes)
      : undefined;
  const tested = result.kind === "classifier" ? result.last.n : 0;
  const data = describePredicted(config, "test", tested);
  return {
    config,
    page: {
      id: run.id,
      title: result.title,
      lead: leadOf(result),
      facts: [...factsOf(config), ...outcomeOf(result), ...originOf(result)],
      plots: existsSync(run.path("metrics.jsonl")) ? await plotsOf(run, config) : [],
      predictions,
      relabelled: images,
      settings: leavesOf(config),
      provenance: {
        ...report,
        scale: result.madeBy?.scale ?? "not recorded",
        seeds: [result.seed],
        data: [tested === 0 ? { ...data, counts: {} } : data],
        trained: await trainedRuns([run.id], runsFolder),
      },
    },
  };
}

type Facts = readonly (readonly [term: string, description: string])[];

function factsOf(config: RunConfig): Facts {
  const { kind, data } = config;
  const { howWeights, howPredictions } = howEvaluated(config);
  const { dataset, layout, protocol } = data;
  return [
    ["What", kind === "mgn" ? "mask generator" : "classifier"],
    ["Data", `${datasets[dataset].title}, ${data.kind}; layout ${layout}, protocol ${protocol}`],
    ["Seed", String(config.seed)],
    ["Epochs", String(config.training.epochs)],
    ...(howWeights === undefined ? [] : [["Weights", howWeights] as const]),
    ...(howPredictions === undefined ? [] : [["Predictions", howPredictions] as const]),
  ];
}

function leadOf(result: RunResult): string {
  if (result.kind === "mgn") {
    return `After ${result.epochs} epochs the masks have a mean of ${percent(result.last.meanArea)} %; m is ${percent(result.m)} %.`;
  }
  const { validation, last } = result;
  return `Test accuracy ${formatCount(validation)} with the epoch chosen on validation images, ${formatCount(last)} with the last epoch.`;
}

function outcomeOf(result: RunResult): Facts {
  if (result.kind === "mgn") {
    const { meanArea, spread, bimodality, positionShare, collapse } = result.last;
    return [
      ["m", `${percent(result.m)} %`],
      ["Mean of the masks", `${percent(meanArea)} %`],
      ["Spread within a mask", spread.toFixed(3)],
      ["Bimodality", bimodality.toFixed(3)],
      ["Share that the position explains", `${percent(positionShare)} %`],
      ...collapse.map((sentence) => ["Warning", sentence] as const),
    ];
  }
  const { validation, last, bestOnTest, parameters, relabel, stopped } = result;
  const shares = [
    ["New labels that are right", relabel?.precision],
    ["Wrong labels that were repaired", relabel?.recall],
    ["Right labels before", relabel?.correctBefore],
    ["Right labels after", relabel?.correctAfter],
  ] as const;
  return [
    ["Parameters", parameters.toLocaleString("en")],
    ...(stopped === undefined ? [] : [["Training", stopped] as const]),
    [
      "Test accuracy, epoch chosen on validation",
      `${formatCount(validation)}, epoch ${validation.epoch}`,
    ],
    ["Test accuracy, last epoch", `${formatCount(last)}, epoch ${last.epoch}`],
    [
      "Test accuracy, best epoch on test",
      `${formatCount(bestOnTest)}, epoch ${bestOnTest.epoch}; selected on test data`,
    ],
    ...(relabel ? [["Relabelled", `${relabel.changed} samples`] as const] : []),
    ...shares.flatMap(([term, share]) =>
      share && share.n > 0 ? [[term, formatCount(share)] as const] : [],
    ),
  ];
}

function originOf({ engine, madeBy }: RunResult): Facts {
  return [
    ...(engine === undefined ? [] : [["Engine", engine] as const]),
    ...(madeBy
      ? [["Packages", `pnpm-lock.yaml with SHA-256 \`${madeBy.lockfile}\``] as const]
      : []),
  ];
}

/** The curves of metrics.jsonl. */
async function plotsOf(run: RunFolder, config: RunConfig): Promise<readonly Plot[]> {
  return config.kind === "mgn"
    ? maskPlots(await readMetrics(run, mgnMetrics))
    : classifierPlots(await readMetrics(run, epochMetrics), config);
}

function classifierPlots(
  metrics: readonly EpochMetrics[],
  { relabel }: ClassifierConfig,
): readonly Plot[] {
  const share = (key: "train" | "validation" | "test") =>
    metrics.map(({ [key]: count }) => count && count.k / count.n);
  const test = share("test");
  const tested = test.some((value) => value !== undefined);
  const relabelled = metrics.map((epoch) => epoch.relabelled);
  return [
    {
      title: "Accuracy (%)",
      unit: "percent",
      curves: [
        { name: "training", values: share("train") },
        { name: "validation", values: share("validation") },
        ...(tested ? [{ name: "test", values: test }] : []),
      ],
    },
    plot("Loss", "number", { training: metrics.map(({ loss }) => loss) }),
    ...(relabel ? [plot("Changed labels", "count", { "in the epoch": relabelled })] : []),
    plot("Learning rate", "number", { rate: metrics.map(({ learningRate }) => learningRate) }),
  ];
}

function maskPlots(metrics: readonly MgnMetrics[]): readonly Plot[] {
  const of = (key: Exclude<keyof MgnMetrics, "collapse">) => metrics.map((epoch) => epoch[key]);
  return [
    plot("Losses", "number", { L_D: of("LD"), L_G: of("LG") }),
    plot("Mean of the masks (%)", "percent", { mean: of("meanArea") }),
    plot("Accuracy of the discriminator (%)", "percent", {
      "generated masks": of("accuracyGm"),
      "random masks": of("accuracyRm"),
    }),
    plot("Form of the masks", "number", {
      spread: of("spread"),
      bimodality: of("bimodality"),
      "share of the position": of("positionShare"),
    }),
  ];
}

function plot(
  title: string,
  unit: Plot["unit"],
  curves: Readonly<Record<string, readonly number[]>>,
): Plot {
  return {
    title,
    unit,
    curves: Object.entries(curves).map(([name, values]) => ({ name, values })),
  };
}

/** `classes`: in the order of the run's predictions; without them only labels.csv is read. */
async function relabelledImages(run: RunFolder, classes: readonly string[] | undefined) {
  const lines = await readLabels(run);
  const changes = classes && (await readChanges(run, lines, classes));
  const images = lines
    .filter(({ changedEpochs }) => changedEpochs.length > 0)
    .map(({ id, given, current, truth, scores, changedEpochs }): RelabelledImage => {
      const { pGt, pMax } = changes?.get(id)?.at(-1) ?? {};
      return { id, given, current, truth, epochs: changedEpochs, pGt, pMax, aum: scores.aum };
    });
  return { images, of: lines.length };
}
