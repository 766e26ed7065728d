/** @file `pnpm exp embeddings`: what goes into the head of a finished run, image by image, and a map of it. */
import { extname, resolve } from "node:path";
import { CommandLineError, percent } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { svgToPng } from "@mvt/report";
import { embeddingMap } from "@mvt/report/figures/embedding-map";
import { createPreparedSets } from "../../data/prepared-sets.ts";
import { openRequested } from "../../engine/engine.ts";
import { embeddingsCsv, embeddingsJson } from "../../evaluation/embeddings.ts";
import { namedRun } from "../../evaluation/evaluation-facts.ts";
import { principalPlane } from "../../evaluation/principal-axes.ts";
import { describeProvenance } from "../../runs/provenance.ts";
import { findRun } from "../../runs/run-folder.ts";
import { findData } from "../../studies/find-data.ts";
import { evaluateClassifier, openClassifier } from "../../training/evaluate-run.ts";
import { defineCommand } from "../command.ts";
import { classifierConfigOf, evaluatedRunOf } from "../evaluation-report.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import { say } from "../messages.ts";
import { dataOptions, engineOptions, finishedRunOptions, output, runsOption } from "../options.ts";
import { createProgress } from "../progress.ts";
import { scaleOfRun } from "../request.ts";
import { formatCount } from "../run-summary.ts";
import { requireWritableFile } from "../writable.ts";

const options = {
  ...dataOptions,
  runs: runsOption,
  ...engineOptions,
  ...finishedRunOptions,
  split: {
    choices: ["test", "validation", "train"],
    default: "test",
    describe: "the split whose images are embedded",
  },
  out: {
    type: "string",
    default: "embeddings.csv",
    group: output,
    describe: "the CSV file: file, label, prediction, and the numbers of the embedding",
  },
  map: {
    type: "string",
    check: (path: string) => void mapFormat(path),
    group: output,
    describe: "draw the images on their two principal axes into this .svg or .png file",
  },
  ...jsonOption,
} as const;

export default defineCommand({
  options,
  facts: { embeddings: embeddingsJson },
  examples: [
    ["embeddings --run 3f2a --out e.csv", "the vectors before the head, for the test images"],
    ["embeddings --run 3f2a --map map.svg", "and a map of them, coloured by label"],
  ],
  async run(args) {
    const { out, map, split, weights } = args;
    const run = await findRun(args.runs, args.run);
    const config = await classifierConfigOf(run);
    await requireWritableFile("out", out);
    if (map !== undefined) await requireWritableFile("map", map);
    const progress = createProgress();
    const scale = await scaleOfRun(run, config, args);
    const data = await findData(config, createPreparedSets({ ...args, scale }, progress));
    const subset = (await data.open())[split];
    progress.end();
    const opened = await openClassifier({ config, run, runsFolder: args.runs, weights });
    const backend = await openRequested(args);
    const predictions = await evaluateClassifier(opened, subset, backend, { features: true });
    const features = predictions.features!;
    await writeWhole(
      resolve(out),
      embeddingsCsv(data.classes, subset, { ...predictions, features }),
    );
    const { k, n, predicted } = predictions;
    const plane = map === undefined ? undefined : principalPlane(features, n);
    const about = await evaluatedRunOf(run, config, { split, weights });
    if (map !== undefined && plane !== undefined) {
      const { commit, dirty } = describeProvenance({ scale: scale.name, seeds: [], data: [] });
      const svg = await embeddingMap({
        title: about.title,
        synthetic: config.data.kind === "synthetic",
        classes: data.classes,
        points: plane.points.map(([x, y], i) => ({
          x,
          y,
          label: data.classes[subset.labels[i]!]!,
          right: predicted[i] === subset.labels[i],
        })),
        explained: plane.explained,
        notes: [
          `Run ${run.id}, ${weights} weights, ${about.dataset} ${split}; commit ${commit}${dirty ? ", with uncommitted changes" : ""}.`,
        ],
      });
      await writeWhole(resolve(map), mapFormat(map) === "svg" ? svg : await svgToPng(svg));
    }
    const dimensions = features.length / n;
    if (args.json) {
      const facts = { ...namedRun(about, config), split, weights, right: { k, n }, dimensions };
      writeJson(embeddingsJson, {
        ...facts,
        out,
        map,
        explained: plane && plane.explained.map((share) => Number(share.toFixed(6))),
      });
      return;
    }
    process.stdout.write(
      `run ${run.id}, ${weights} weights, ${about.dataset} ${split}: ${formatCount({ k, n })}; ${n} embeddings of ${dimensions} numbers\n`,
    );
    say(`wrote ${out}`);
    if (plane === undefined) return;
    const [first, second] = plane.explained;
    say(`wrote ${map}: ${percent(first)} % and ${percent(second)} % of the variance`);
  },
});

/** By the name's ending. */
function mapFormat(path: string): "svg" | "png" {
  const ending = extname(path).slice(1).toLowerCase();
  if (ending === "svg" || ending === "png") return ending;
  throw new CommandLineError(
    `--map ${path}: expected a name that ends in .svg or .png, so that the form is known.`,
  );
}
