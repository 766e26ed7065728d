/** @file Every table, figure and study. A further one is a file of this folder and an entry here. */
import type { DatasetName } from "@mvt/datasets";
import type { ReportDefinition } from "./report-definition.ts";
import type { RunUse } from "./run-uses.ts";

export interface ReportEntry {
  /** Its line of help. */
  readonly about: string;
  /** Whether it is one of the paper's, which `pnpm exp all` makes: they need no ground truth. */
  readonly paper: boolean;
  /** What its runs do, so that options without effect can be refused. */
  readonly uses: readonly RunUse[];
  /** On which data sets unless --datasets says otherwise. RAF-DB and FERPlus if absent. */
  readonly datasets?: readonly DatasetName[];
  /** Loaded only when it is asked for. */
  readonly load: () => Promise<ReportDefinition>;
}

/** By the name that is typed after `pnpm exp`, the paper's in its order. */
export const reports = {
  table1: {
    about: "Table 1: accuracy by mask ratio m, without relabelling",
    paper: true,
    uses: ["generators", "masked-classifiers", "data", "settings", "recipe"],
    load: async () => (await import("./table1.ts")).default,
  },
  table2: {
    about: "Table 2: accuracy by threshold function f, without MGN",
    paper: true,
    uses: ["relabelling", "thresholds", "threshold-rows", "data", "settings", "recipe"],
    load: async () => (await import("./table2.ts")).default,
  },
  table3: {
    about: "Table 3: MGN and relabelling, each alone and together",
    paper: true,
    uses: ["relabelling", "generators", "masked-classifiers", "data", "settings", "recipe"],
    load: async () => (await import("./table3.ts")).default,
  },
  table4: {
    about: "Table 4: MGN with relabelling among other methods",
    paper: true,
    uses: ["relabelling", "generators", "masked-classifiers", "data", "settings", "recipe"],
    load: async () => (await import("./table4.ts")).default,
  },
  table5: {
    about: "Table 5: MGN with relabelling on occluded and turned test faces",
    paper: true,
    uses: ["relabelling", "generators", "masked-classifiers", "data", "settings", "recipe"],
    load: async () => (await import("./table5.ts")).default,
  },
  figure2: {
    about: "Figure 2: test images and their masked versions",
    paper: true,
    uses: ["generators", "data", "settings", "recipe"],
    load: async () => (await import("./figure2.ts")).default,
  },
  figure5: {
    about: "Figure 5: threshold functions, and accuracy per epoch by f",
    paper: true,
    uses: ["relabelling", "thresholds", "threshold-rows", "data", "settings", "recipe"],
    load: async () => (await import("./figure5.ts")).default,
  },
  figure6: {
    about: "Figure 6: confusion matrices of MGN with relabelling",
    paper: true,
    uses: ["relabelling", "generators", "masked-classifiers", "data", "settings", "recipe"],
    load: async () => (await import("./figure6.ts")).default,
  },
  noise: {
    about: "Relabelling by kind and rate of label noise, by its start and by what it decides on",
    paper: false,
    uses: ["relabelling", "thresholds", "data", "settings", "recipe"],
    load: async () => (await import("./noise.ts")).default,
  },
  recipe: {
    about: "What options of fine-tuning give: each alone, and the named recipes as a whole",
    paper: false,
    uses: ["data", "settings"],
    datasets: ["raf-db"],
    load: async () => (await import("./recipe.ts")).default,
  },
  masks: {
    about: "Masks compared with the ground truth of synthetic faces",
    paper: false,
    uses: ["generators", "data", "settings", "recipe"],
    load: async () => (await import("./masks.ts")).default,
  },
  "mask-factors": {
    about: "What makes masks depend on the image: one change after another",
    paper: false,
    uses: ["generators"],
    load: async () => (await import("./mask-factors.ts")).default,
  },
  clutter: {
    about: "Accuracy by kind of mask, as clutter and occlusion grow",
    paper: false,
    uses: ["generators", "masked-classifiers"],
    load: async () => (await import("./clutter.ts")).default,
  },
} as const satisfies Readonly<Record<string, ReportEntry>>;

export type ReportName = keyof typeof reports;

export const reportNames = Object.keys(reports) as readonly ReportName[];
