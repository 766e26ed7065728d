/** @file `pnpm exp report`: an index over all tables and finished runs as pages, and a page for each run. */
import { join, resolve } from "node:path";
import { UserError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { datasets } from "@mvt/datasets";
import { indexPage } from "@mvt/report/html/index-page";
import type { IndexedRun } from "@mvt/report/html/index-page";
import { runPage } from "@mvt/report/html/run-page";
import type { RunPage } from "@mvt/report/html/run-page";
import { describeProvenance } from "../../runs/provenance.ts";
import { readRunFacts } from "../../runs/run-facts.ts";
import type { RunFacts } from "../../runs/run-facts.ts";
import { openRun } from "../../runs/run-folder.ts";
import { defineCommand, wholeFrom } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { requireEngineEffect } from "../effects.ts";
import { chooseRuns, whereOption } from "../list-runs.ts";
import { dataOptions, engineOptions, output, runsOption } from "../options.ts";
import { createProgress } from "../progress.ts";
import { findReports, indexName, runPagesFolder } from "../report-links.ts";
import { readRun } from "../run-page.ts";
import type { ReadRun } from "../run-page.ts";
import { createPictures, masksOf } from "../run-pictures.ts";
import { requireWritableReport } from "../writable.ts";

const options = {
  runs: runsOption,
  where: { ...whereOption, describe: "only runs with KEY=VALUE, as in `runs list`; repeatable" },
  out: {
    type: "string",
    default: "reports",
    group: output,
    describe: "folder of the pages; pages of tables in it, and in the folders in it, are linked",
  },
  pictures: {
    type: "number",
    check: wholeFrom(0),
    default: 0,
    group: output,
    describe:
      "the most pictures of changed labels, of masks and of mistakes per run; they need the run's data, which is drawn or read from --data",
  },
  ...dataOptions,
  ...engineOptions,
} as const;

type Args = ArgsOf<typeof options>;

export default defineCommand({
  options,
  examples: [
    ["report", "reports/index.html, which leads to all tables and runs"],
    ["report --where dataset=raf-db --pictures 24", "runs of one data set, with pictures"],
  ],
  async run(args) {
    if (args.pictures === 0) {
      requireEngineEffect(args, { got: "`report` without pictures", expected: "--pictures" });
    }
    await requireWritableReport("out", args.out, "index");
    const all = await readRunFacts(args.runs);
    const finished = chooseRuns(all, { where: args.where, sort: "date" }).filter(
      ({ state }) => state === "finished",
    );
    if (finished.length === 0) {
      throw new UserError(
        `report: expected finished runs in ${args.runs}, found none${all.length === 0 ? "" : ` of these among ${all.length}`}`,
        { advice: "Train some first, for example with `pnpm exp table2`, or pass --runs DIR." },
      );
    }
    await writePages(args, finished, all);
  },
});

async function writePages(
  args: Args,
  finished: readonly RunFacts[],
  all: readonly RunFacts[],
): Promise<void> {
  const out = resolve(args.out);
  const progress = createProgress();
  const damaged = all.filter(({ state }) => state === "damaged");
  const report = describeProvenance({ scale: "", seeds: [], data: [] });
  const read = new Map<string, ReadRun>();
  for (const { id } of finished) {
    const run = openRun(args.runs, id);
    try {
      read.set(id, await readRun(run, (await run.result())!, args.runs, report));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      progress.say(`left out run ${id}: ${error.message}`);
    }
  }
  const runs = finished.filter(({ id }) => read.has(id));
  const openPictures = args.pictures > 0 ? createPictures(args, progress) : undefined;
  for (const facts of runs) {
    const { config, page } = read.get(facts.id)!;
    const run = openRun(args.runs, facts.id);
    const pictures = await openPictures?.(run, config);
    const whole: RunPage = {
      ...page,
      ...linksOf(facts, runs),
      differs: facts.differs,
      mistakes: page.predictions && (await pictures?.mistakes()),
      relabelled:
        page.relabelled && ((await pictures?.withPictures(page.relabelled)) ?? page.relabelled),
      masks: masksOf(run, config, args.runs) && {
        images: (await pictures?.masked()) ?? [],
        advice: masksAdvice,
      },
    };
    await writeWhole(join(out, runPagesFolder, `${run.id}.html`), runPage(whole));
  }
  progress.end();
  const page = indexPage({
    reports: await findReports(out),
    runs: runs.map((facts) => indexedRun(facts, read.get(facts.id)!)),
    others: {
      unfinished: all.filter(({ state }) => state === "unfinished").length,
      damaged: damaged.length + finished.length - runs.length,
    },
    folder: args.runs,
    synthetic: runs.some(({ data }) => data === "synthetic"),
  });
  const path = join(out, indexName);
  await writeWhole(path, page);
  process.stdout.write(
    `wrote ${path} and ${runs.length} pages of runs in ${runPagesFolder}/ beside it\n`,
  );
}

const masksAdvice =
  "A run keeps its mask generator, but no images. `pnpm exp report --pictures 12` opens the run's data and shows test images under their masks here.";

/** To the runs that it uses, and to those that use it, out of `runs`, which have pages. */
function linksOf(
  { id, uses }: RunFacts,
  runs: readonly RunFacts[],
): Pick<RunPage, "uses" | "usedBy"> {
  const links = (some: readonly RunFacts[]) =>
    some.map((run) => ({ text: run.title, href: `${run.id}.html` }));
  return {
    uses: links(runs.filter((run) => uses.includes(run.id))),
    usedBy: links(runs.filter((run) => run.uses.includes(id))),
  };
}

function indexedRun(facts: RunFacts, { config, page }: ReadRun): IndexedRun {
  const { id, title, differs, scale, date, test, maskArea } = facts;
  return {
    link: { text: title, href: `${runPagesFolder}/${id}.html` },
    id,
    differs,
    dataset: datasets[config.data.dataset].title,
    scale,
    seed: config.seed,
    epochs: config.training.epochs,
    date,
    test,
    maskArea,
    changed: page.relabelled?.images.length,
  };
}
