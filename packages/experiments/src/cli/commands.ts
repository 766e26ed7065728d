/** @file Every command but the benchmark's, by the name that is typed after `pnpm exp`. */
import { reportNames, reports } from "../studies/index.ts";
import type { ReportName } from "../studies/index.ts";
import type { Command, CommandModule } from "./command.ts";

const reportCommand = async (
  names: readonly ReportName[],
  command: string,
): Promise<CommandModule> => (await import("./commands/report.ts")).reportCommand(names, command);

const load = async (module: Promise<{ readonly default: CommandModule }>) => (await module).default;

const ownCommands: readonly Command[] = [
  ...reportNames.map((name) => ({
    name,
    about: reports[name].about,
    load: () => reportCommand([name], name),
  })),
  {
    name: "all",
    about: "All tables and figures of the paper",
    load: () =>
      reportCommand(
        reportNames.filter((name) => reports[name].paper),
        "all",
      ),
  },
  {
    name: "report",
    about: "Pages to read: an index over tables and finished runs, and a page for each run",
    load: () => load(import("./commands/run-pages.ts")),
  },
  {
    name: "table <definition>",
    about: "A table of your own: its rows and columns are defined in a file or package",
    load: () => load(import("./commands/table.ts")),
  },
  {
    name: "train",
    about: "Train one classifier",
    load: () => load(import("./commands/train.ts")),
  },
  {
    name: "evaluate",
    about: "Evaluate a finished run: accuracy, F1, confusion matrix, with confidence intervals",
    load: () => load(import("./commands/evaluate.ts")),
  },
  {
    name: "embeddings",
    about: "Write what goes into the head of a finished run, image by image, and draw a map of it",
    load: () => load(import("./commands/embeddings.ts")),
  },
  {
    name: "export",
    about: "Export a finished run as one ONNX file, or as safetensors for timm",
    load: () => load(import("./commands/export.ts")),
  },
  {
    name: "predict <images..>",
    about: "Predict the expressions of images with an exported model or a finished run",
    load: () => load(import("./commands/predict.ts")),
  },
  {
    name: "page",
    about: "Run exported models in the browser: serve a page, or write it to a folder to publish",
    load: () => load(import("./commands/page.ts")),
  },
  {
    name: "compare",
    about: "Compare finished runs on the same test images, with McNemar's test",
    load: () => load(import("./commands/compare.ts")),
  },
  {
    name: "labels",
    about: "Find wrong labels: a ranking of a run's training images, and what relabelling changed",
    load: () => load(import("./commands/labels.ts")),
  },
  {
    name: "runs <action> [ids..]",
    about: "List, show, verify, watch or remove runs",
    load: () => load(import("./commands/runs.ts")),
  },
  {
    name: "data <action>",
    about: "Draw synthetic data sets, check those you have, or align the faces of photographs",
    load: () => load(import("./commands/data.ts")),
  },
  {
    name: "weights <action> [file]",
    about: "Fetch the official pre-trained weights, or show what a file of weights holds",
    load: () => load(import("./commands/weights.ts")),
  },
  {
    name: "doctor",
    about: "Show what this machine has, and whether training works on it",
    load: () => load(import("./commands/doctor.ts")),
  },
  {
    name: "setup <what>",
    about: "Build what no npm package brings: a native TensorFlow for --backend tfjs",
    load: () => load(import("./commands/setup.ts")),
  },
];

/** These commands and `others`, and one that completes all of them in a shell. */
export function withCompletion(others: readonly Command[]): readonly Command[] {
  const all: Command[] = [...ownCommands, ...others];
  all.push({
    name: "completion <shell>",
    about: "Print a script that completes commands, options and run ids in bash, zsh or fish",
    load: async () => (await import("./commands/completion.ts")).completionCommand(all),
  });
  return all;
}

/** The commands of this package. */
export const commands = withCompletion([]);
