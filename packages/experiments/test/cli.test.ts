/**
 * @file What the command line answers to mistakes in its words: one message, an exit code, and no file left behind.
 *
 * Every case runs in a folder of its own, shown as DIR.
 */
import { describe } from "vitest";
import { file, help, refuses } from "@mvt/testing/mistakes";

describe("the command line refuses", () => {
  refuses([
    { what: "no command", args: "", exitCode: 2, stderr: `expected a command, got none. ${help}` },
    {
      what: "an unknown command",
      args: "frobnicate",
      exitCode: 2,
      stderr: `frobnicate: there is no such command. ${help}`,
    },
    {
      what: "a mistyped command, naming the nearest one",
      args: "tabel2",
      exitCode: 2,
      stderr: `Did you mean table2? ${help}`,
    },
    {
      what: "an unknown option, naming the nearest one",
      args: "table2 --scales smoke",
      exitCode: 2,
      stderr:
        '--scales: there is no such option. Did you mean "scale"? `pnpm exp table2 --help` lists the options.',
    },
    {
      what: "an unknown option of several words, once",
      args: "train --frobnicate-all=yes",
      exitCode: 2,
      stderr:
        "--frobnicate-all: there is no such option. `pnpm exp train --help` lists the options.",
    },
    {
      what: "an argument too many",
      args: "train raf-db",
      exitCode: 2,
      stderr:
        "raf-db: expected no further argument. Options begin with --. `pnpm exp train --help` lists the options.",
    },
    {
      what: "an argument too few",
      args: "runs",
      exitCode: 2,
      stderr: "runs: expected <action>, got none. `pnpm exp runs --help` lists the options.",
    },
    {
      what: "an action that there is not, naming the nearest one",
      args: "runs lst",
      exitCode: 2,
      stderr:
        'runs lst: expected one of list, show, plot, tensorboard, verify, repair, import, remove, watch. Did you mean "list"? `pnpm exp runs --help` lists the options.',
    },
    {
      what: "an unknown scale, naming those there are",
      args: "table2 --scale tiny",
      exitCode: 2,
      stderr:
        "--scale tiny: expected one of smoke, quick, paper. `pnpm exp table2 --help` lists the options.",
    },
    {
      what: "an unknown data set, naming those there are",
      args: "table2 --scale smoke --datasets raf-db,affectnet",
      exitCode: 2,
      stderr:
        "--datasets raf-db,affectnet: expected names out of raf-db, ferplus, affectnet-7, affectnet-8, custom, got affectnet. Separate them by commas.",
    },
    {
      what: "an unknown format of tables, naming those there are",
      args: "table2 --scale smoke --format csv,pdf",
      exitCode: 2,
      stderr:
        "--format csv,pdf: expected names out of markdown, csv, html, latex, got pdf. Separate them by commas.",
    },
    {
      what: "a number of seeds that is none",
      args: "table2 --scale smoke --seeds 0",
      exitCode: 2,
      stderr:
        "--seeds 0: expected a whole number of at least 1, a range such as 5-9, or a list such as 0,5.",
    },
  ]);
});

describe("--threshold refuses", () => {
  const plugin = (f: string, before = "") =>
    file(
      "mine.ts",
      `${before}\nexport default { name: "mine", about: "", parameters: {}, f: ${f} };\n`,
    );
  const args = "table2 --scale smoke --datasets raf-db --threshold ./mine.ts";
  refuses([
    {
      what: "a name that is not known, suggesting the nearest one",
      args: "table2 --scale smoke --threshold quadratik",
      exitCode: 2,
      stderr:
        '--threshold quadratik: expected a built-in name (constant, linear, quadratic, sigmoid), a path that starts with "./", or a package; no package of this name is installed for DIR. Did you mean "quadratic"?',
    },
    {
      what: "a parameter that is not known",
      args: "train --scale smoke --threshold sigmoid:steepness=20",
      exitCode: 2,
      stderr: 'threshold "sigmoid": there is no parameter "steepness"; it has scale, k, x0.',
    },
    {
      what: "a plugin that is not there",
      args,
      exitCode: 2,
      stderr:
        '--threshold ./mine.ts: expected a file at DIR/mine.ts, found none. Check the path, or "exports" in package.json.',
    },
    {
      what: "a plugin that throws when it is loaded, naming the line",
      given: plugin("(p: number) => p", 'throw new Error("no licence");'),
      args,
      exitCode: 2,
      stderr: "--threshold ./mine.ts: loading DIR/mine.ts failed at line 1: no licence.",
    },
    {
      what: "a plugin whose f throws",
      given: plugin('() => { throw new Error("no table for this P_gt"); }'),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be a function that never throws, but at P_gt = 0 it threw: no table for this P_gt.',
    },
    {
      what: "a plugin whose f is negative",
      given: plugin("(p: number) => p - 0.5"),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be nonnegative, but at P_gt = 0 it is -0.5. Clip it at 0: delta is the lower limit of the threshold.',
    },
    {
      what: "a plugin whose f falls",
      given: plugin("(p: number) => (p < 0.5 ? 1 : 0.25)"),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be non-decreasing, but at P_gt = 0.5 it falls to 0.25, from 1 at P_gt = 0.499755859375. Make it rise or stay level from 0 to 1.',
    },
    {
      what: "a plugin whose f is not a number",
      given: plugin("(p: number) => (p < 0.25 ? p : NaN)"),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be finite, but at P_gt = 0.25 it is NaN. Return a finite number for every P_gt in [0, 1].',
    },
    {
      what: "a plugin that exports nothing by default",
      given: file("mine.ts", "export const f = (p: number) => p;\n"),
      args,
      exitCode: 2,
      stderr:
        "--threshold ./mine.ts: expected the default export of DIR/mine.ts to be a threshold, { name, about, parameters, f }, but it has only f. Write export default defineThreshold({ ... }).",
    },
  ]);
});
