/** @file `pnpm exp data`: draws synthetic data sets, checks any, and aligns the faces of photographs. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CommandLineError, printable, UserError } from "@mvt/common";
import {
  checkDataset,
  DatasetError,
  datasetFolder,
  datasetNames,
  datasets,
  difficultyNames,
  isSynthetic,
  skipUnreadable,
  syntheticLayouts,
  synthesize,
} from "@mvt/datasets";
import type { CheckRow, DatasetCheck, DatasetName } from "@mvt/datasets";
import { skipLimit } from "../../data/prepared-sets.ts";
import { loadFrom } from "../../data/source.ts";
import { dataAlignJson } from "../../evaluation/align-facts.ts";
import { checkFacts, dataCheckJson, unloadedFacts } from "../../evaluation/check-facts.ts";
import type { DataCheckFacts } from "../../evaluation/check-facts.ts";
import { scales } from "../../settings/scales.ts";
import { alignFaces, alignOptions, requireNoAlignment } from "../align-faces.ts";
import { describeOrder, orderOfClasses } from "../class-order.ts";
import { defineCommand, isShare, wholeFrom } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { describeDisagreement } from "../disagreement.ts";
import { requireEngineEffect } from "../effects.ts";
import { jsonOption, requireFacts, writeJson } from "../json-output.ts";
import {
  dataOptions,
  datasetFolders,
  engineOptions,
  parseDatasets,
  runsOption,
} from "../options.ts";
import { requireWritable } from "../writable.ts";

const drawing = "Drawing faces:";

const options = {
  ...dataOptions,
  data: {
    ...dataOptions.data,
    demandOption: true,
    describe: `folder that holds, or will hold, ${datasetFolders}; of align: any folder of photographs`,
  },
  datasets: {
    type: "string",
    suggest: datasetNames,
    describe: "which data sets [default: raf-db,ferplus; to check, those that are there]",
  },
  layout: {
    choices: syntheticLayouts,
    group: drawing,
    describe: "published layout to write [default: official, csv, npy]",
  },
  seed: {
    type: "number",
    check: wholeFrom(0),
    group: drawing,
    describe: "seed of the faces [default: the scale's]",
  },
  "label-noise": {
    type: "number",
    check: isShare,
    group: drawing,
    describe: "share of wrong training labels [default: the scale's]",
  },
  difficulty: {
    choices: difficultyNames,
    group: drawing,
    describe: "how hard the faces are to recognise [default: the scale's]",
  },
  run: {
    type: "string",
    suggest: "run",
    describe: "beginning of the id of a run whose model checks the order of the classes",
  },
  runs: runsOption,
  ...engineOptions,
  ...alignOptions,
  json: {
    ...jsonOption.json,
    describe: "of check and align: write facts as one JSON value to stdout",
  },
} as const;

const positionals = {
  action: { choices: ["synthesize", "check", "align"], demandOption: true },
} as const;

type Args = ArgsOf<typeof options & typeof positionals>;

export default defineCommand({
  options,
  positionals,
  facts: { "data check": dataCheckJson, "data align": dataAlignJson },
  examples: [
    ["data synthesize --data data/faces", "RAF-DB and FERPlus in their published layouts"],
    ["data synthesize --data data/faces --datasets affectnet-8", "AffectNet with 8 classes"],
    ["data check --data DIR", "counts, damaged, missing and duplicate images"],
    ["data align --data photos --out faces", "find, crop and align faces, as RAF-DB's are"],
    ["data check --data DIR --run 3f2a", "also the order of the classes, by a run's model"],
  ],
  async run(args) {
    requireFacts(args, "data", args.action, ["check", "align"]);
    if (args.action !== "check" || args.run === undefined) {
      const where = { got: `\`data ${args.action}\``, expected: "`data check --run`" };
      requireEngineEffect(args, where, args.action === "align" ? ["threads"] : []);
    }
    if (args.action === "align") return alignFaces(args);
    requireNoAlignment(args, args.action);
    const names = parseDatasets(args.datasets ?? (await defaultDatasets(args)));
    if (args.action === "synthesize") {
      if (args.run !== undefined) {
        throw new CommandLineError(
          "--run: expected it with `data check`, got it with `data synthesize`. Leave it out.",
        );
      }
      await requireWritable("data", args.data);
      for (const name of names) await draw(name, args);
      return;
    }
    const checked: DataCheckFacts[] = [];
    for (const name of names) checked.push(await checkOrSay(name, args));
    if (args.json) writeJson(dataCheckJson, checked);
    if (checked.some(({ ok }) => !ok)) {
      throw new UserError("data check: expected no difference, found those marked above.");
    }
  },
});

/** What is drawn where nothing is named, or what is there to be checked. */
async function defaultDatasets({ action, data }: Args): Promise<string> {
  const drawn = "raf-db,ferplus";
  if (action === "synthesize") return drawn;
  const found: DatasetName[] = [];
  for (const name of datasetNames) {
    const there = await stat(datasetFolder(resolve(data), name)).catch(() => undefined);
    // A set that is part of another is left out: the other has all its images.
    if (datasets[name].partOf === undefined && there?.isDirectory()) found.push(name);
  }
  return found.length > 0 ? found.join(",") : drawn;
}

async function draw(name: DatasetName, args: Args): Promise<void> {
  if (!isSynthetic(name)) {
    throw new CommandLineError(
      `--datasets ${name}: expected data sets that can be drawn, got your own. Leave it out.`,
    );
  }
  const { seed, difficulty, labelNoise, counts } = scales[args.scale ?? "quick"].synthetic;
  const { folder, written, wrongLabels } = await synthesize({
    dataset: name,
    folder: datasetFolder(resolve(args.data), name),
    seed: args.seed ?? seed,
    difficulty: args.difficulty ?? difficulty,
    labelNoise: args.labelNoise ?? labelNoise,
    counts: counts[name],
    layout: args.layout,
  });
  const { train, validation = 0, test } = counts[name];
  process.stdout.write(
    `${folder}: ${written ? "drew" : "found"} ${train} training, ${validation} validation and ${test} test faces; ${wrongLabels.train + wrongLabels.validation} labels are wrong on purpose\n`,
  );
}

/** Checks a data set. One that cannot be loaded is a difference, so that the others are checked as well. */
async function checkOrSay(name: DatasetName, args: Args): Promise<DataCheckFacts> {
  try {
    return await check(name, args);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    if (!args.json) process.stdout.write(`${error.message}\n`);
    return unloadedFacts(name, error.message);
  }
}

async function check(name: DatasetName, args: Args): Promise<DataCheckFacts> {
  const folder = datasetFolder(resolve(args.data), name);
  const dataset = await loadFrom(folder, name, { ...args, missing: "keep" });
  const skip = args.skipUnreadable === undefined ? undefined : skipLimit(args.skipUnreadable);
  const checked = await checkDataset(dataset, { skip });
  if (!args.json) printCheck(checked);
  if (args.run === undefined) return checkFacts(checked, undefined);
  const readable = skip ? await skipUnreadable(dataset, skip) : dataset;
  const order = await orderOfClasses(readable, args.run, args);
  if (!args.json) for (const line of describeOrder(order)) print(`  ${line}`);
  return checkFacts(checked, order);
}

function printCheck({
  name,
  title,
  layout,
  protocol,
  synthetic,
  rows,
  disagreement,
}: DatasetCheck): void {
  const kind = synthetic
    ? "synthetic, not compared with published counts"
    : datasets[name].publishedCounts === undefined
      ? "no published counts to compare with"
      : "compared with published counts";
  print(`${title}, layout ${layout}, protocol ${protocol}: ${kind}`);
  const wanted = datasets[name].publishedCounts === undefined ? "expected" : "published";
  for (const row of rows) print(formatRow(row, wanted));
  for (const line of disagreement ? describeDisagreement(disagreement) : []) {
    print(`  ${line}`);
  }
}

/** A line in which names of files and classes may stand, which others chose. */
const print = (line: string) => void process.stdout.write(`${printable(line)}\n`);

function formatRow(
  { what, found, published, verdict, names }: CheckRow,
  wanted: "published" | "expected",
): string {
  const expected = published === undefined ? "" : `  ${wanted} ${published}`;
  const examples = names.length > 0 ? `  (${names.join(", ")})` : "";
  return `  ${what.padEnd(40)} ${String(found).padStart(8)}${expected}  ${verdict}${examples}`;
}
