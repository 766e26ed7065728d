/** @file `bench data`: decoding, augmenting and batching images, alone and while training. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageStorage } from "@mvt/datasets";
import { roundOptions } from "../plan.ts";
import type { BenchPlan } from "../plan.ts";
import type { Competitor } from "../processes/competitor.ts";
import { engineCompetitor, loaderCompetitor } from "../processes/competitors.ts";
import { timeInRounds } from "../processes/rounds.ts";
import { drawFaces } from "../workloads/image-sets.ts";
import type { ImageSet, PublishedSet } from "../workloads/image-sets.ts";
import type { Workload } from "../workloads/step.ts";
import { combined, findingsOf } from "./findings.ts";
import type { Findings } from "./findings.ts";
import { measureScaling } from "./scaling.ts";

/** The published sets as a training would hold them: RAF-DB fits into memory, AffectNet's 43 GB do not. */
const sets: readonly {
  readonly kind: PublishedSet;
  readonly storage: ImageStorage;
  readonly title: string;
}[] = [
  { kind: "raf-db", storage: "memory", title: "RAF-DB's size, in memory" },
  { kind: "raf-db", storage: "stream", title: "RAF-DB's size, streamed" },
  { kind: "affectnet-8", storage: "stream", title: "AffectNet's size, streamed" },
];

type Folders = Readonly<Record<PublishedSet, string>>;

/** Draws the data sets, and removes them at the end. */
export async function dataBenchmark(plan: BenchPlan): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), "mvt-bench-"));
  try {
    plan.say("drawing faces");
    const folders: Folders = {
      "raf-db": await drawFaces(folder, "raf-db"),
      "affectnet-8": await drawFaces(folder, "affectnet-8"),
    };
    return combined([await whileTraining(plan, folders), await growingSets(plan, folders)]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Steps on the same batch again and again; steps on batches of the loader; the loader without steps. */
async function whileTraining(plan: BenchPlan, folders: Folders): Promise<Findings> {
  const { baseline, model, threads, publishedSets } = plan;
  const [batchSize] = plan.batchSizes;
  const workload: Workload = { kind: "train", model, batchSize };
  const constant: Competitor = {
    ...engineCompetitor(baseline, workload, { threads }),
    id: "steps",
    title: "steps on one batch",
  };
  const others = sets.map(({ kind, storage, title }) => {
    const set = { kind, storage, count: publishedSets[kind] };
    const images: ImageSet = { ...set, folder: folders[kind], size: model.imageSize };
    const name = `${kind}-${storage}`;
    return {
      steps: {
        ...engineCompetitor(baseline, workload, { threads, images }),
        id: `steps-${name}`,
        title: `steps on batches, ${title}`,
      },
      batches: batchesAlone(plan, images, {
        id: `batches-${name}`,
        title: `batches alone, ${title}`,
      }),
    };
  });
  const competitors = [constant, ...others.flatMap(({ steps, batches }) => [steps, batches])];
  const title = `data pipeline, batch ${batchSize}`;
  const result = await timeInRounds(competitors, roundOptions(plan, title));
  const pairs = [
    ...others.map(({ batches }) => ({ of: batches.id, to: constant.id })),
    ...others.map(({ steps }) => ({ of: steps.id, to: constant.id })),
  ];
  return findingsOf(result, { id: "data", title, pairs }, constant);
}

/** The loader alone, on larger and larger sets. */
async function growingSets(plan: BenchPlan, folders: Folders): Promise<Findings> {
  const kind = "affectnet-8";
  const findings: Findings[] = [];
  for (const [storage, quantity] of [
    ["memory", "images in memory"],
    ["stream", "images that are streamed"],
  ] as const) {
    const set = { kind, storage, folder: folders[kind], size: plan.model.imageSize } as const;
    const names = { id: `batches-${storage}`, title: "the batch loader" };
    const what = `augmented batch of ${plan.batchSizes[0]}`;
    findings.push(
      await measureScaling(plan, {
        about: { id: `data-${storage}`, quantity, what },
        xs: plan.growingSets[storage],
        competitorAt: (count) => batchesAlone(plan, { ...set, count }, names),
      }),
    );
  }
  return combined(findings);
}

/** The loader alone. In each round it makes as many batches as the plan's `timedImages` fill. */
function batchesAlone(
  { batchSizes: [batchSize], timedImages }: BenchPlan,
  images: ImageSet,
  names: Pick<Competitor, "id" | "title">,
): Competitor {
  const batches = Math.max(1, Math.ceil(timedImages / batchSize));
  return loaderCompetitor(names, images, { batchSize, batches });
}
