/** @file `pnpm exp data`: draws synthetic data sets, and checks any. */
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
import type { CheckRow, DatasetName } from "@mvt/datasets";
import { skipLimit } from "../../data/prepared-sets.ts";
import { loadFrom } from "../../data/source.ts";
import { scales } from "../../settings/scales.ts";
import { describeOrder, orderOfClasses } from "../class-order.ts";
import { defineCommand, isShare, wholeFrom } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { describeDisagreement } from "../disagreement.ts";
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
    describe: `folder that holds, or will hold, ${datasetFolders}`,
  },
  datasets: {
    type: "string",
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
    describe: "beginning of the id of a run whose model checks the order of the classes",
  },
  runs: runsOption,
  ...engineOptions,
} as const;

const positionals = {
  action: { choices: ["synthesize", "check"], demandOption: true },
} as const;

type Args = ArgsOf<typeof options & typeof positionals>;

export default defineCommand({
  options,
  positionals,
  examples: [
    ["data synthesize --data data/faces", "RAF-DB and FERPlus in their published layouts"],
    ["data synthesize --data data/faces --datasets affectnet-8", "AffectNet with 8 classes"],
    ["data check --data DIR", "counts, damaged, missing and duplicate images"],
    ["data check --data DIR --run 3f2a", "also the order of the classes, by a run's model"],
  ],
  async run(args) {
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
    let healthy = true;
    for (const name of names) healthy = (await checkOrSay(name, args)) && healthy;
    if (!healthy) {
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
async function checkOrSay(name: DatasetName, args: Args): Promise<boolean> {
  try {
    return await check(name, args);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    process.stdout.write(`${error.message}\n`);
    return false;
  }
}

async function check(name: DatasetName, args: Args): Promise<boolean> {
  const folder = datasetFolder(resolve(args.data), name);
  const dataset = await loadFrom(folder, name, { ...args, missing: "keep" });
  const skip = args.skipUnreadable === undefined ? undefined : skipLimit(args.skipUnreadable);
  const { title, layout, protocol, synthetic, rows, disagreement, ok } = await checkDataset(
    dataset,
    { skip },
  );
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
  if (args.run === undefined) return ok;
  const readable = skip ? await skipUnreadable(dataset, skip) : dataset;
  const order = await orderOfClasses(readable, args.run, args);
  for (const line of describeOrder(order)) print(`  ${line}`);
  return ok && order.renamed.length === 0;
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
