/**
 * @file The study of label noise: accuracy and labels by kind and rate of noise; when relabelling helps, by its first
 * epoch; and what it decides on. All rows of a seed share the epochs before they relabel.
 *
 *     pnpm exp noise                    # drawn faces, minutes on two cores
 *     pnpm exp noise --data DIR --datasets raf-db --weights deit_small.safetensors
 */
import { noiseKinds } from "@mvt/datasets";
import type { DatasetName, NoiseKind } from "@mvt/datasets";
import { instantiate, loadThreshold, thresholds } from "@mvt/relabel";
import type { DataDescription, Selection } from "@mvt/report";
import { noiseFigure } from "@mvt/report/figures/noise";
import { countsOf, labellingTitle } from "@mvt/report/tables/labelling";
import type { LabelledRow } from "@mvt/report/tables/labelling";
import {
  noiseDecidersTable,
  noiseStartTable,
  noiseTable,
  startGains,
} from "@mvt/report/tables/noise-tables";
import { dataKind } from "../runs/provenance.ts";
import { fromPretrained, scales } from "../settings/scales.ts";
import type { Scale, ScaleName } from "../settings/scales.ts";
import {
  builtInThresholds,
  labelledRuns,
  planGiven,
  planThreshold,
  planTruth,
} from "./label-rows.ts";
import type { LabelRow, RowSpec } from "./label-rows.ts";
import { noiseSource } from "./plan-labels.ts";
import type { DrawnNoise } from "./plan-labels.ts";
import type { NamedThreshold, Planner, StudySetting } from "./planner.ts";
import { drawingFiles, tableReport } from "./report-definition.ts";
import type { Report, ReportDefinition, ReportRequest } from "./report-definition.ts";

interface NoiseStudy {
  readonly kinds: readonly NoiseKind[];
  /** Besides 0. */
  readonly rates: readonly number[];
  /** The first epochs of relabelling that are compared. */
  readonly starts: readonly number[];
  /** Of drawn faces; the scale's if absent. */
  readonly drawn?: {
    readonly counts: { readonly train: number; readonly test: number };
    readonly epochs: number;
    readonly relabelStart: number;
  };
}

const allKinds = Object.keys(noiseKinds) as NoiseKind[];

/** At `quick` half as many faces as in the tables, and fewer epochs: there are twelve kinds and rates to train. */
const byScale: Readonly<Record<ScaleName, NoiseStudy>> = {
  smoke: {
    kinds: ["symmetric"],
    rates: [0.3],
    starts: [2, 4],
    drawn: { counts: { train: 200, test: 100 }, epochs: 4, relabelStart: 3 },
  },
  quick: {
    kinds: allKinds,
    rates: [0.1, 0.2, 0.3],
    starts: [3, 6, 9],
    drawn: { counts: { train: 500, test: 500 }, epochs: 12, relabelStart: 6 },
  },
  paper: { kinds: allKinds, rates: [0.1, 0.2, 0.3], starts: [5, 10, 20, 30] },
};

/** The function whose start and whose decisions are studied: the paper's choice for RAF-DB. */
const chosen: NamedThreshold = {
  spec: "sigmoid",
  threshold: instantiate<string>(thresholds.sigmoid, {}),
};

/** Rows that are compared with each other, under one kind and rate of noise. */
interface Group {
  readonly noise: DrawnNoise;
  readonly data: DataDescription;
  readonly rows: readonly LabelRow[];
}

type MeasuredGroup = Omit<Group, "rows"> & { readonly rows: readonly LabelledRow[] };

export default {
  select: "last",
  async plan(planner, request) {
    const plans = await planGroups(planner, request);
    const { groups, starts, deciders, title } = plans;
    const all = [...groups, ...starts, ...deciders];
    return {
      data: [...new Map(all.map(({ data }) => [data.title, data])).values()],
      runs: all.flatMap(({ rows }) => rows.flatMap(({ runs }) => runs)),
      async make({ runsFolder, provenance, select, png, formats }) {
        const measure = (planned: readonly Group[]) =>
          Promise.all(planned.map((group) => measured(group, runsFolder)));
        const [byNoise, byStart, byDecider] = await Promise.all(
          [groups, starts, deciders].map(measure),
        );
        const rowsOf = (some: readonly MeasuredGroup[] = []) => some.flatMap(({ rows }) => rows);
        const svg = await drawFigure(title, { byNoise: byNoise!, byStart: byStart! }, select);
        const tables = [
          tableReport("noise", noiseTable.build(rowsOf(byNoise), provenance, { select }), formats, [
            svg,
          ]),
          tableReport(
            "noise-start",
            noiseStartTable.build(rowsOf(byStart), provenance, { select }),
            formats,
          ),
          tableReport(
            "noise-deciders",
            noiseDecidersTable.build(rowsOf(byDecider), provenance, { select }),
            formats,
          ),
        ];
        const parts = [...tables, { files: await drawingFiles("noise", svg, png) }];
        return {
          files: Object.assign({}, ...parts.map(({ files }) => files)) as Report["files"],
          text: tables.map(({ text }) => text).join("\n"),
        };
      },
    };
  },
} satisfies ReportDefinition;

async function planGroups(
  planner: Planner,
  { datasets: [dataset], seeds, thresholds: added }: ReportRequest,
) {
  const { scale, data } = planner.request;
  const { kinds, rates, starts, drawn } = byScale[scale.name];
  const own = data === undefined && drawn ? drawn : undefined;
  const base: RowSpec = {
    dataset: dataset!,
    setting: own && settingOf(dataset!, scale, own),
    relabelStart: planner.request.relabelStart ?? own?.relabelStart ?? scale.relabelStart,
    validationLabels: "clean",
  };
  const clean: DrawnNoise = { kind: "symmetric", rate: 0, seed: 0 };
  const source = await planner.pretraining();
  const from = noiseSource(
    source ?? (await planner.classifier({ ...base, seed: 0, noise: clean })),
  );
  const noises = kinds.flatMap((kind) =>
    rates.map((rate) => ({ kind, rate, seed: 0, ...(kind === "instance" && { from }) })),
  );
  const functions = [...builtInThresholds(), ...added];
  const groupOf = async (
    noise: DrawnNoise,
    rowsOf: (spec: RowSpec) => readonly Promise<LabelRow>[],
  ): Promise<Group> => {
    const spec = { ...base, noise };
    const [description, ...rows] = await Promise.all([
      planner.describe(base.dataset, base.setting, spec),
      ...rowsOf(spec),
    ]);
    const name = noise.rate === 0 ? "no noise" : `${100 * noise.rate} % ${noise.kind} noise`;
    return { noise, data: { ...description, title: `${description.title}, ${name}` }, rows };
  };
  const compared = (noise: DrawnNoise) =>
    groupOf(noise, (spec) => [
      planGiven(planner, spec, seeds),
      ...functions.map((f) => planThreshold(planner, f, spec, seeds)),
      ...(noise.rate === 0 ? [] : [planTruth(planner, spec, seeds)]),
    ]);
  const byStart = (rate: number) =>
    groupOf({ ...clean, rate }, (spec) => [
      planGiven(planner, spec, seeds),
      ...starts.map((relabelStart) =>
        planThreshold(planner, chosen, spec, seeds, { relabelStart }),
      ),
    ]);
  return {
    title: (await planner.prepare(base.dataset, base.setting, clean)).dataset.title,
    groups: await Promise.all([clean, ...noises].map(compared)),
    starts: await Promise.all([0, ...rates].map(byStart)),
    deciders: [await planDeciders(planner, groupOf, { ...clean, rate: rates.at(-1)! }, seeds)],
  };
}

/** The paper's function on each kind of predictions, and thresholds that adapt to each class. */
async function planDeciders(
  planner: Planner,
  groupOf: (
    noise: DrawnNoise,
    rowsOf: (spec: RowSpec) => readonly Promise<LabelRow>[],
  ) => Promise<Group>,
  noise: DrawnNoise,
  seeds: readonly number[],
): Promise<Group> {
  const spec = import.meta.resolve("mvt-threshold-class-adaptive");
  const adaptive = { spec, threshold: await loadThreshold(spec) };
  return groupOf(noise, (common) => [
    planGiven(planner, common, seeds),
    planThreshold(planner, chosen, common, seeds),
    planThreshold(planner, chosen, common, seeds, { predictions: "pass" }),
    planThreshold(planner, chosen, common, seeds, { predictions: "average" }),
    planThreshold(planner, adaptive, common, seeds),
    planThreshold(planner, adaptive, common, seeds, { predictions: "average" }),
    planTruth(planner, common, seeds),
  ]);
}

/** Drawn faces with the training of Table 2 at `quick`, shortened. */
function settingOf(
  dataset: DatasetName,
  { synthetic, mgn }: Scale,
  { counts, epochs }: NonNullable<NoiseStudy["drawn"]>,
): StudySetting {
  const { augmentation } = scales.quick.training;
  return {
    title: `${counts.train} faces`,
    dataset,
    synthetic: { ...synthetic, counts: { ...synthetic.counts, [dataset]: counts } },
    training: { ...fromPretrained, epochs, augmentation, tests: "at-end" },
    mgn,
  };
}

async function measured({ rows, ...group }: Group, runsFolder: string): Promise<MeasuredGroup> {
  return {
    ...group,
    rows: await Promise.all(
      rows.map(async ({ labelling, runs }) => ({
        dataset: group.data.title,
        kind: dataKind(runs[0]!.data.dataset),
        labelling,
        runs: await labelledRuns(runs, runsFolder),
      })),
    ),
  };
}

function drawFigure(
  dataset: string,
  { byNoise, byStart }: Readonly<Record<"byNoise" | "byStart", readonly MeasuredGroup[]>>,
  select: Selection,
): Promise<string> {
  const [clean, ...noisy] = byNoise as [MeasuredGroup, ...MeasuredGroup[]];
  const kinds = Map.groupBy(noisy, ({ noise }) => noise.kind);
  /** Without noise, labels as given are the true ones. */
  const curvesOf = ({ labelling }: LabelledRow, rate: number) => [
    labellingTitle(labelling),
    ...(labelling.labels === "given" && rate === 0 ? [labellingTitle({ labels: "true" })] : []),
  ];
  const pointsOf = ({ noise: { rate }, rows }: MeasuredGroup) =>
    rows.flatMap((row) =>
      curvesOf(row, rate).map((curve) => ({
        curve,
        rate,
        accuracies: countsOf(row, select).map(({ k, n }) => k / n),
      })),
    );
  return noiseFigure.draw({
    dataset,
    synthetic: clean.data.kind === "synthetic",
    panels: [...kinds].map(([kind, groups]) => ({
      kind,
      points: [clean, ...groups].flatMap(pointsOf),
    })),
    f: labellingTitle({
      labels: "relabelled",
      f: { ...chosen.threshold, plugin: false },
      delta: 0,
    }),
    starts: byStart.flatMap(({ noise: { rate }, rows }) =>
      startGains(rows, select).map((start) => ({ rate, ...start })),
    ),
  });
}
