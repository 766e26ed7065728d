/**
 * @file Counts the structure of this repository, and of an earlier commit beside which it is compared.
 *
 *     node scripts/structure.ts [COMMIT]
 *
 * Files and lines of each package outside tests and generated code; imports that run up between the folders of
 * `experiments`; the files on the way of `--set adamw.weightDecay`; the files that one touches to add a threshold, a
 * data set and so on. Lists of files are checked: each file must exist and name what it is listed for.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { alignColumns, sum } from "@mvt/common";

const root = join(import.meta.dirname, "..");
/** The last commit before the structure of `experiments` was straightened. */
const before = process.argv[2] ?? "d6f7c9b";

/** A tree of files: the working tree, or a commit. */
interface Tree {
  readonly files: readonly string[];
  readonly read: (path: string) => string;
}

const git = (...args: readonly string[]) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 });

function commitTree(commit: string): Tree | undefined {
  try {
    const files = git("ls-tree", "-r", "--name-only", commit).trim().split("\n");
    return { files, read: (path) => git("show", `${commit}:${path}`) };
  } catch {
    return undefined; // a shallow clone does not have it
  }
}

function workingTree(): Tree {
  const below = (folder: string): readonly string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : below(path);
      return [relative(root, path)];
    });
  return {
    files: ["apps", "packages", "plugins"].flatMap((folder) => below(join(root, folder))),
    read: (path) => readFileSync(join(root, path), "utf8"),
  };
}

const isSource = (path: string) =>
  /^(?:apps|packages|plugins)\/[^/]+\/(?:src|publish)\/.*\.ts$/.test(path) &&
  !path.includes("_pb.");

/** Lines that are neither blank nor comment. */
function codeLines(text: string): number {
  return text
    .replaceAll(/^\s*\/\*\*?[\s\S]*?\*\//gm, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

type Size = readonly [files: number, lines: number, code: number];

/** "packages/core": files, lines, and lines of code. */
function sizes({ files, read }: Tree): ReadonlyMap<string, Size> {
  const packages = Map.groupBy(files.filter(isSource), (path) =>
    path.split("/").slice(0, 2).join("/"),
  );
  return new Map(
    [...packages].map(([name, paths]): [string, Size] => {
      const texts = paths.map(read);
      const lines = sum(texts.map((text) => text.split("\n").length - 1));
      return [name, [paths.length, lines, sum(texts.map(codeLines))]];
    }),
  );
}

/**
 * Arrows between the folders of experiments (a file in src/ itself counts as a folder) that run up in the order of
 * folders that has the fewest of them. 0 if the folders can be put in an order at all.
 */
function upwardArrows({ files, read }: Tree): number {
  const src = "packages/experiments/src/";
  const own = files.filter((path) => path.startsWith(src) && path.endsWith(".ts"));
  const folderOf = (path: string) => path.slice(src.length).split("/")[0]!;
  const arrows = new Set<string>();
  for (const path of own) {
    for (const [, specifier] of read(path).matchAll(/(?:from|import\(?) ?"(\.[^"]+)"/g)) {
      const target = join(dirname(path), specifier!);
      if (folderOf(path) !== folderOf(target)) arrows.add(`${folderOf(path)} ${folderOf(target)}`);
    }
  }
  const edges = [...arrows].map((arrow) => arrow.split(" ") as [string, string]);
  return leastUpward(cyclic(edges));
}

/** Without the folders that are in no circle: sources and sinks go first, again and again. */
function cyclic(
  edges: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const from = new Set(edges.map(([a]) => a));
  const to = new Set(edges.map(([, b]) => b));
  const rest = edges.filter(([a, b]) => from.has(b) && to.has(a));
  return rest.length === edges.length ? edges : cyclic(rest);
}

/** The fewest edges that run up, over all orders: dynamic programming over sets of nodes placed from the bottom. */
function leastUpward(edges: readonly (readonly [string, string])[]): number {
  const nodes = [...new Set(edges.flat())];
  const uses = nodes.map((a) =>
    edges.reduce((mask, [x, y]) => (x === a ? mask | (1 << nodes.indexOf(y)) : mask), 0),
  );
  const count = (mask: number) => mask.toString(2).replaceAll("0", "").length;
  const least = new Float64Array(2 ** nodes.length).fill(Infinity);
  least[0] = 0;
  for (let placed = 0; placed < least.length; placed += 1) {
    for (let node = 0; node < nodes.length; node += 1) {
      if (placed & (1 << node)) continue;
      const next = placed | (1 << node);
      const up = count(uses[node]! & ~next);
      least[next] = Math.min(least[next]!, least[placed]! + up);
    }
  }
  return least.at(-1)!;
}

/** Files with what each must contain. */
type Listed = Readonly<Record<string, RegExp>>;

interface Lists {
  /** Files whose code reads, changes or renames the setting or the record that it is in. */
  readonly optionReads: Listed;
  /** Files that pass on the whole request, run or configuration. */
  readonly optionPasses: Listed;
  readonly threshold: Listed;
  readonly dataSet: Listed;
  readonly backbone: Listed;
  readonly operator: Listed;
  readonly table: Listed;
  readonly maskForm: Listed;
  readonly optimiser: Listed;
}

const each = (paths: readonly string[], names: RegExp): Listed =>
  Object.fromEntries(paths.map((path) => [path, names]));

const E = "packages/experiments/src";
const C = "packages/core/src";

const listsBefore: Lists = {
  optionReads: {
    [`${E}/cli/options.ts`]: /args\.set/,
    [`${E}/overrides.ts`]: /assignments/,
    [`${E}/config.ts`]: /weightDecay/,
    [`${E}/scales.ts`]: /weightDecay/,
    [`${E}/tables/workbench.ts`]: /\.training/,
    [`${E}/training/train-classifier.ts`]: /\.\.\.config\.training/,
    [`${E}/training/programs.ts`]: /adamw: options/,
    [`${C}/optim/adamw.ts`]: /weightDecay/,
  },
  optionPasses: {
    [`${E}/cli/commands/report.ts`]: /scaleOf\(args\)/,
    [`${E}/cli/workbench.ts`]: /scale/,
    [`${E}/runs/plan.ts`]: /config/,
    [`${E}/runs/execute.ts`]: /config/,
    [`${E}/training/worker.ts`]: /config/,
  },
  threshold: each(["packages/relabel/src/built-in.ts"], /quadratic/),
  dataSet: each(
    [
      "packages/datasets/src/dataset.ts",
      "packages/datasets/src/load.ts",
      "packages/datasets/src/ferplus/load.ts",
      "packages/datasets/src/check/published.ts",
      "packages/datasets/src/synthetic/synthesize.ts",
      "packages/datasets/src/synthetic/write-ferplus.ts",
      `${E}/scales.ts`,
      `${E}/tables/paper-choices.ts`,
    ],
    /ferplus/i,
  ),
  backbone: each(
    [
      `${C}/deit/vit.ts`,
      `${C}/weights/vit/match.ts`,
      `${C}/weights/vit/names.ts`,
      `${E}/config.ts`,
      `${E}/training/programs.ts`,
      "packages/mgn/src/config.ts",
    ],
    /vit/i,
  ),
  operator: each(
    [
      `${C}/ops/index.ts`,
      `${C}/ops/elementwise.ts`,
      `${C}/ops/elementwise-gradients.ts`,
      `${C}/backends/onnx/encoders.ts`,
      `${C}/backends/onnx/cuda-encoders.ts`,
      `${C}/backends/tfjs/kernels.ts`,
      `${C}/portable/portable.ts`,
      "packages/core/test/support/operator-cases.ts",
    ],
    /gelu|normalCdf/i,
  ),
  table: each(
    [
      "packages/report/src/paper/table1.ts",
      "packages/report/src/tables/table1.ts",
      "packages/report/src/index.ts",
      `${E}/tables/table1.ts`,
      `${E}/cli/cli.ts`,
    ],
    /table1|Table 1/,
  ),
  maskForm: {
    "packages/mgn/src/forms.ts": /top-k/,
    [`${C}/portable/description.ts`]: /top-k/,
    [`${E}/cli/options.ts`]: /top-k/,
    [`${E}/tables/workbench.ts`]: /top-k/,
  },
  optimiser: each(
    [
      `${C}/optim/adamw.ts`,
      `${C}/program/program.ts`,
      `${C}/backends/onnx/host-state.ts`,
      `${C}/backends/onnx/device-state.ts`,
      `${C}/backends/onnx/series-state.ts`,
      `${C}/backends/tfjs/backend.ts`,
      `${E}/config.ts`,
      `${E}/training/programs.ts`,
      "packages/mgn/src/programs.ts",
    ],
    /adamw|withUpdateInGraph/i,
  ),
};

const listsNow: Lists = {
  optionReads: {
    [`${E}/cli/options.ts`]: /^ {2}set: \{/m,
    [`${E}/settings/scales.ts`]: /override\(/,
    [`${E}/settings/training.ts`]: /weightDecay/,
    [`${E}/studies/planner.ts`]: /\.training/,
    [`${E}/training/programs.ts`]: /createOptimizer/,
    [`${C}/optim/optimizers.ts`]: /adamw/,
    [`${C}/optim/adamw.ts`]: /weightDecay/,
  },
  optionPasses: {
    [`${E}/cli/request.ts`]: /scaleOf/,
    [`${E}/training/execute.ts`]: /planned/,
    [`${E}/training/worker.ts`]: /config/,
    [`${E}/training/classifier.ts`]: /settings/,
  },
  threshold: each(["packages/relabel/src/built-in.ts"], /quadratic/),
  dataSet: each(
    [
      "packages/datasets/src/datasets.ts",
      "packages/datasets/src/ferplus/load.ts",
      "packages/datasets/src/ferplus/published.ts",
      "packages/datasets/src/synthetic/write-ferplus.ts",
    ],
    /ferplus/i,
  ),
  backbone: {
    [`${C}/backbones/backbones.ts`]: /dinov2-reg/,
    [`${C}/deit/vit.ts`]: /registers/,
    [`${C}/weights/vit/names.ts`]: /register/,
  },
  operator: each(
    [
      `${C}/ops/elementwise.ts`,
      `${C}/autodiff/rules.ts`,
      `${C}/backends/onnx/encoders.ts`,
      `${C}/backends/tfjs/kernels.ts`,
      "packages/core/test/support/operator-cases.ts",
    ],
    /gelu|normalCdf/i,
  ),
  table: each(
    ["packages/report/src/tables/table1.ts", `${E}/studies/table1.ts`, `${E}/studies/index.ts`],
    /table1|Table 1/,
  ),
  maskForm: each(["packages/mgn/src/forms.ts"], /top-k/),
  optimiser: each(
    [`${C}/optim/sgd.ts`, `${C}/optim/optimizers.ts`, `${E}/settings/training.ts`],
    /sgd/,
  ),
};

/** The number of listed files; throws for one that is missing or does not name what it is listed for. */
function counted({ files, read }: Tree, listed: Listed): number {
  for (const [path, names] of Object.entries(listed)) {
    if (!files.includes(path)) throw new Error(`${path}: expected a file, found none`);
    if (!names.test(read(path))) throw new Error(`${path}: expected ${names} in it, found none`);
  }
  return Object.keys(listed).length;
}

const rows: (readonly [string, (tree: Tree, lists: Lists) => number])[] = [
  ["imports that run up in experiments", upwardArrows],
  ["--set adamw.weightDecay: files that read or change it", (t, l) => counted(t, l.optionReads)],
  ["--set adamw.weightDecay: files that pass it on unread", (t, l) => counted(t, l.optionPasses)],
  ["files to add a threshold", (t, l) => counted(t, l.threshold)],
  ["files to add a data set", (t, l) => counted(t, l.dataSet)],
  ["files to add a backbone", (t, l) => counted(t, l.backbone)],
  ["files to add an operator", (t, l) => counted(t, l.operator)],
  ["files to add a table", (t, l) => counted(t, l.table)],
  ["files to add a mask form", (t, l) => counted(t, l.maskForm)],
  ["files to add an optimiser", (t, l) => counted(t, l.optimiser)],
];

const now = workingTree();
const earlier = commitTree(before);
const then = earlier ? sizes(earlier) : new Map<string, Size>();
const today = sizes(now);
const names = [...new Set([...then.keys(), ...today.keys()])].toSorted();
const shown = (value: number | undefined) => (value === undefined ? "-" : `${value}`);
const row = (name: string, a: Size | undefined, b: Size | undefined) => [
  name,
  ...[0, 1, 2].flatMap((column) => [shown(a?.[column]), shown(b?.[column])]),
];
const together = (all: ReadonlyMap<string, Size>): Size | undefined =>
  all.size === 0
    ? undefined
    : ([0, 1, 2].map((column) => sum([...all.values()].map((size) => size[column]!))) as never);

const table = [
  ["", "files then", "now", "lines then", "now", "code then", "now"],
  ...names.map((name) => row(name, then.get(name), today.get(name))),
  row("together", together(then), together(today)),
];
const counts = [
  ["", "then", "now"],
  ...rows.map(([what, count]) => [
    what,
    shown(earlier && count(earlier, listsBefore)),
    shown(count(now, listsNow)),
  ]),
];
process.stdout.write(
  `then: commit ${before}\n\n${[...alignColumns(table), "", ...alignColumns(counts)].join("\n")}\n`,
);
