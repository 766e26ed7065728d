/** @file `pnpm exp runs`: what is in the folder of runs. */
import { CommandLineError, UserError } from "@mvt/common";
import type { z } from "zod";
import { findRun, listRuns, openRun, readConfig } from "../../runs/run-folder.ts";
import type { RunFolder } from "../../runs/run-folder.ts";
import { measureNames } from "../../runs/measures.ts";
import type { MeasureName } from "../../runs/measures.ts";
import { runsImportJson } from "../../runs/import-runs.ts";
import { runShowFacts, runShowJson, runsListJson } from "../../runs/run-facts.ts";
import { describeVerified, runsVerifyJson, verifyRun } from "../../runs/verify-run.ts";
import { remakePredictions } from "../remake-predictions.ts";
import { repairRun } from "../../runs/repair.ts";
import { runsWatchJson } from "../../launch/watch.ts";
import { defineCommand } from "../command.ts";
import { requireEngineEffect } from "../effects.ts";
import type { ArgsOf } from "../command.ts";
import { importFrom } from "../import-runs.ts";
import { jsonOption, requireFacts, writeJson } from "../json-output.ts";
import { listTheRuns, runKeys, whereOption } from "../list-runs.ts";
import type { RunKey } from "../list-runs.ts";
import { dataOptions, engineOptions, output, runsOption } from "../options.ts";
import { removeOne } from "../remove-run.ts";
import { plotRuns } from "../plot-runs.ts";
import { printResult } from "../run-summary.ts";
import { watchRuns } from "../watch-runs.ts";

const options = {
  ...dataOptions,
  ...engineOptions,
  runs: runsOption,
  "dry-run": {
    type: "boolean",
    default: false,
    describe: "of repair and import: say what would be done, and do nothing",
  },
  where: {
    ...whereOption,
    describe: `of list: only runs with KEY=VALUE; repeatable; keys: ${runKeys.join(", ")}`,
  },
  sort: {
    choices: runKeys,
    default: "date" as RunKey,
    describe: "of list: the order; newest or most accurate first, else rising",
  },
  json: {
    ...jsonOption.json,
    describe: "of list, show, verify, import and watch: write facts as one JSON value to stdout",
  },
  metric: {
    choices: measureNames,
    array: true,
    default: [] as MeasureName[],
    describe:
      "of plot: what is drawn, a panel each [default: loss and accuracies; of mask generators loss and masks]",
  },
  out: {
    type: "string",
    group: output,
    describe:
      "of plot: file to write [default: curves.svg in the folder of runs]; of tensorboard: folder [default: tensorboard in the folder of runs]",
  },
  once: {
    type: "boolean",
    default: false,
    describe: "of watch: tell how things are, and do not wait",
  },
  cancel: {
    type: "boolean",
    default: false,
    describe:
      "of watch: end all jobs of the submission, and free the locks of those that were killed",
  },
  yes: {
    type: "boolean",
    default: false,
    describe: "of remove: do not ask, and remove a run that others depend on as well",
  },
} as const;

type Args = ArgsOf<typeof options>;

const actions = [
  "list",
  "show",
  "plot",
  "tensorboard",
  "verify",
  "repair",
  "import",
  "remove",
  "watch",
] as const;
type Action = (typeof actions)[number];

/** The actions that write where --out says, which take several runs. */
const drawing: readonly Action[] = ["plot", "tensorboard"];
const ofSeveral: readonly Action[] = [...drawing, "import"];

export default defineCommand({
  positionals: {
    action: { choices: actions, demandOption: true },
    ids: {
      type: "string",
      array: true,
      default: [] as string[],
      suggest: "run",
      describe:
        "the beginning of a run's id; of plot and tensorboard several; of import folders of runs of other machines; of watch a submission [default: the newest]",
    },
  },
  options,
  facts: {
    "runs list": runsListJson,
    "runs show": runShowJson,
    "runs verify": runsVerifyJson,
    "runs import": runsImportJson,
    "runs watch": runsWatchJson,
  },
  examples: [
    ["runs list", "all runs, one line each, newest first"],
    ["runs list --where dataset=raf-db --sort accuracy", "those of one data set, the best first"],
    ["runs show 3f2a", "configuration and result of one"],
    [
      "runs verify",
      "compares every file of every finished run with its checksum, and results with predictions, metrics and labels",
    ],
    ["runs repair --dry-run", "what would be cleared, made again or set aside"],
    ["runs import /mnt/gpu-1/runs", "finished runs of another machine join these"],
    ["runs plot 3f2a c09b", "the curves of two runs in one picture"],
    ["runs tensorboard", "all finished runs as event files for TensorBoard"],
    ["runs remove 3f2a", "forget one, so that it is trained again"],
    ["runs watch", "the jobs of the newest submission to Slurm, until all have ended"],
    ["runs watch --cancel", "ends them"],
  ],
  async run({ action, ids, ...args }) {
    const { runs } = args;
    const [id, ...more] = ids;
    if (more.length > 0 && !ofSeveral.includes(action)) {
      throw new CommandLineError(
        `runs ${action}: expected one run, got ${ids.join(", ")}. Leave out all but one.`,
      );
    }
    requireTaker("out", args.out !== undefined, action, drawing);
    requireTaker("metric", args.metric.length > 0, action, ["plot"]);
    requireTaker("dry-run", args.dryRun, action, ["repair", "import"]);
    requireTaker("once", args.once, action, ["watch"]);
    requireTaker("cancel", args.cancel, action, ["watch"]);
    if (action !== "repair") {
      requireEngineEffect(args, { got: `\`runs ${action}\``, expected: "`runs repair`" });
    }
    requireFacts(args, "runs", action, ["list", "show", "verify", "import", "watch"]);
    if (action === "watch") return watchRuns(runs, id, args);
    if (action === "list") return listTheRuns(runs, args);
    if (action === "verify")
      return verify(args, id === undefined ? undefined : await findRun(runs, id));
    if (action === "repair")
      return repair(args, id === undefined ? undefined : await findRun(runs, id));
    if (action === "import") return importFrom(ids, args);
    if (action === "tensorboard") {
      const { writeTensorBoard } = await import("../tensorboard-runs.ts");
      return writeTensorBoard(ids, args);
    }
    if (id === undefined) {
      throw new CommandLineError(
        `runs ${action}: expected the beginning of a run's id, got none. \`pnpm exp runs list\` shows all.`,
      );
    }
    if (action === "plot") return plotRuns(ids, args);
    if (action === "remove") return removeOne(runs, id, args.yes);
    const folder = await findRun(runs, id);
    if (args.json) return writeJson(runShowJson, await runShowFacts(folder));
    process.stdout.write(`${JSON.stringify(await readConfig(folder), null, 2)}\n`);
    const result = await folder.result();
    if (result) printResult(result, folder.path("result.json"));
    else process.stdout.write("not finished\n");
  },
});

/** Throws a CommandLineError if the flag is given to an action that does not take it. */
function requireTaker(
  flag: string,
  given: boolean,
  action: Action,
  takers: readonly Action[],
): void {
  if (!given || takers.includes(action)) return;
  const expected = takers.map((taker) => `\`runs ${taker}\``).join(" or ");
  throw new CommandLineError(
    `--${flag}: expected it with ${expected}, got it with \`runs ${action}\`. Leave it out.`,
  );
}

/** Checks one run, or all that are finished; throws a UserError at the end if any of them is damaged. */
async function verify({ runs: runsFolder, json }: Args, one: RunFolder | undefined): Promise<void> {
  const folders = one ? [one] : (await listRuns(runsFolder)).map((id) => openRun(runsFolder, id));
  const facts: z.input<typeof runsVerifyJson> = [];
  const tell = (fact: (typeof facts)[number], line: string) => {
    facts.push(fact);
    if (!json) process.stdout.write(`${fact.id}  ${line}\n`);
  };
  for (const folder of folders) {
    const { id } = folder;
    try {
      const found = await verifyRun(folder);
      tell({ id, ...found }, describeVerified(found));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tell({ id, state: "damaged", problem: error.message }, error.message);
    }
  }
  if (json) writeJson(runsVerifyJson, facts);
  const damaged = facts.filter(({ state }) => state === "damaged").length;
  if (damaged === 0) return;
  throw new UserError(
    `runs verify: expected whole runs, found ${damaged} of ${folders.length} damaged`,
    {
      advice: "`pnpm exp runs repair` keeps what is whole and sets the rest aside.",
    },
  );
}

/** Mends one run, or all; throws a UserError at the end if something is left to mend. */
async function repair(args: Args, one: RunFolder | undefined): Promise<void> {
  const { runs: runsFolder, dryRun } = args;
  const ids = one ? [one.id] : await listRuns(runsFolder);
  const remake = remakePredictions(args);
  let open = 0;
  for (const id of ids) {
    const repaired = await repairRun(id, { runsFolder, dryRun, remake });
    open += Number(repaired.open);
    for (const line of repaired.lines) process.stdout.write(`${id}  ${line}\n`);
    if (repaired.lines.length === 0) process.stdout.write(`${id}  nothing to do\n`);
  }
  if (open === 0) return;
  throw new UserError(
    `runs repair: expected runs that nobody uses and whose data are at hand, found ${open} of ${ids.length} that have to wait`,
    { advice: "The lines above say what each needs." },
  );
}
