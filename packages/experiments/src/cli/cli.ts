/**
 * @file The command line: `pnpm exp <command>`. Commands are loaded when they are asked for.
 *
 * Exit codes: 0 where all went well; 2 where the command line itself is wrong (CommandLineError, and
 * what is wrong with a --threshold): an unknown command, flag or name, a value out of range, flags that
 * contradict each other; 1 for everything else: files, data, the disk.
 */
import yargs from "yargs";
import type { Argv } from "yargs";
import { CommandLineError } from "../usage-error.ts";
import { reportCommand } from "./commands/report.ts";
import { exitCodeOf, messageOf } from "../errors.ts";
import { checkFlags, declaredFlags, flagsFromEnvironment } from "./flags.ts";
import type { DeclaredFlags } from "./flags.ts";
import { clearStatus } from "./progress.ts";

/** What a command's file exports. */
export interface CommandModule {
  /** Declares the options. */
  readonly builder: (cli: Argv) => Argv;
  /** Runs the command with the parsed options. */
  readonly run: (args: never) => Promise<void>;
}

/** A command as `pnpm exp --help` lists it. */
export interface Command {
  /** With its positional arguments: "runs <action> [id]". */
  readonly name: string;
  /** One line of help. */
  readonly about: string;
  /** Imports the command's file. Called only when the command or its help is asked for. */
  readonly load: () => Promise<CommandModule>;
}

/** The commands of this package, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: "table1",
    about: "Table 1: accuracy by mask ratio m, without relabelling",
    load: async () => reportCommand((await import("../tables/table1.ts")).default),
  },
  {
    name: "table2",
    about: "Table 2: accuracy by threshold function f, without MGN",
    load: async () => reportCommand((await import("../tables/table2.ts")).default),
  },
  {
    name: "table3",
    about: "Table 3: MGN and relabelling, each alone and together",
    load: async () => reportCommand((await import("../tables/table3.ts")).default),
  },
  {
    name: "table4",
    about: "Table 4: MGN with relabelling among other methods",
    load: async () => reportCommand((await import("../tables/table4.ts")).default),
  },
  {
    name: "table5",
    about: "Table 5: the same on occluded and turned test faces",
    load: async () => reportCommand((await import("../tables/table5.ts")).default),
  },
  {
    name: "figure2",
    about: "Figure 2: test images over their masked versions",
    load: async () => reportCommand((await import("../tables/figure2.ts")).default),
  },
  {
    name: "figure5",
    about: "Figure 5: threshold functions, and accuracy per epoch by f",
    load: async () => reportCommand((await import("../tables/figure5.ts")).default),
  },
  {
    name: "figure6",
    about: "Figure 6: confusion matrices of MGN with relabelling",
    load: async () => reportCommand((await import("../tables/figure6.ts")).default),
  },
  {
    name: "masks",
    about: "Masks against the ground truth of synthetic faces",
    load: async () => reportCommand((await import("../tables/masks.ts")).default),
  },
  {
    name: "mask-factors",
    about: "What makes masks depend on the picture, one change after another",
    load: async () => reportCommand((await import("../tables/mask-factors.ts")).default),
  },
  {
    name: "clutter",
    about: "Accuracy as clutter and occlusion grow, with masks of every kind",
    load: async () => reportCommand((await import("../tables/clutter.ts")).default),
  },
  {
    name: "all",
    about: "All tables and figures that need no ground truth",
    load: async () => reportCommand(...(await import("../tables/index.ts")).reports),
  },
  {
    name: "train",
    about: "Train one classifier",
    load: () => import("./commands/train.ts"),
  },
  {
    name: "evaluate",
    about: "Test a finished run: accuracy, F1, confusion matrix, each with its interval",
    load: () => import("./commands/evaluate.ts"),
  },
  {
    name: "export",
    about: "A finished run as one ONNX file that any engine runs",
    load: () => import("./commands/export.ts"),
  },
  {
    name: "predict <images..>",
    about: "Ask an exported model about pictures",
    load: () => import("./commands/predict.ts"),
  },
  {
    name: "page",
    about: "A page that runs exported models in the browser, here or as a folder to publish",
    load: () => import("./commands/page.ts"),
  },
  {
    name: "compare",
    about: "Two finished runs on the same test images: differences and McNemar's test",
    load: () => import("./commands/compare.ts"),
  },
  {
    name: "runs <action> [id]",
    about: "List, show or remove runs",
    load: () => import("./commands/runs.ts"),
  },
  {
    name: "data <action>",
    about: "Draw synthetic data sets, or check those you have",
    load: () => import("./commands/data.ts"),
  },
  {
    name: "weights <action> [file]",
    about: "Fetch the official pre-trained weights, or show what a file of weights holds",
    load: () => import("./commands/weights.ts"),
  },
  {
    name: "doctor",
    about: "What this machine has, and whether training works on it",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "setup <what>",
    about: "Build what no package brings: a native TensorFlow for --backend tfjs",
    load: () => import("./commands/setup.ts"),
  },
];

/**
 * Runs one command and returns the exit code.
 *
 * @param args the command and its options, without the program: `process.argv.slice(2)`
 * @param allCommands in the order of the help
 */
export async function runCli(
  args: readonly string[],
  allCommands: readonly Command[],
): Promise<number> {
  const cli = yargs([...args])
    .scriptName("pnpm exp")
    .usage("$0 <command> [options]")
    // "--no-data" and "--data.x" would be values that no command expects.
    .parserConfiguration({ "boolean-negation": false, "dot-notation": false })
    .strict()
    .recommendCommands()
    .demandCommand(1, "expected a command, got none")
    .alias("help", "h")
    .version(false)
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? wrongCommandLine(message);
    })
    .example("$0 table2", "Table 2 on synthetic faces, minutes on two cores")
    .example("$0 table2 --scale smoke", "the same in about a minute: checks the plumbing")
    .example("$0 table2 --data DIR --weights FILE", "the paper's Table 2 on your data");
  for (const { name, about, load } of allCommands) {
    let declared: DeclaredFlags;
    cli.command(
      name,
      about,
      async (command) => {
        const built = (await load()).builder(command);
        declared = declaredFlags(built);
        return built.config(flagsFromEnvironment(declared, process.env));
      },
      async (parsed) => {
        checkFlags(declared, parsed);
        await (await load()).run(parsed as never);
      },
    );
  }
  try {
    await cli.parseAsync();
    return 0;
  } catch (error) {
    clearStatus();
    process.stderr.write(`${messageOf(error)}\n`);
    return exitCodeOf(error);
  }
}

/** What yargs found wrong with the flags themselves. */
function wrongCommandLine(message: string): CommandLineError {
  const sentence = /[.?]$/.test(message) ? message : `${message}.`;
  return new CommandLineError(
    `${sentence} \`pnpm exp --help\` lists the commands, \`pnpm exp COMMAND --help\` their flags.`,
  );
}
