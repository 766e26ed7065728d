/** @file The data pipeline: decoding, augmenting and batching, alone and while training. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageStorage } from "@mvt/datasets";
import type { Contestant } from "./contestant.ts";
import { batchesContestant, engineContestant } from "./roster.ts";
import { grow } from "./growth-section.ts";
import { drawPictures } from "./pictures.ts";
import type { PictureKind, Pictures } from "./pictures.ts";
import { roundsOf } from "./plan.ts";
import type { BenchPlan } from "./plan.ts";
import { playRounds } from "./rounds.ts";
import { joined, sectionOf } from "./section.ts";
import type { Section } from "./section.ts";
import type { Workload } from "./workload.ts";

/** The published sets as this project would hold them: RAF-DB fits into memory, AffectNet's 43 GB do not. */
const sets: readonly {
  readonly kind: PictureKind;
  readonly storage: ImageStorage;
  readonly title: string;
}[] = [
  { kind: "raf-db", storage: "memory", title: "RAF-DB's size, in memory" },
  { kind: "raf-db", storage: "stream", title: "RAF-DB's size, streamed" },
  { kind: "affectnet-8", storage: "stream", title: "AffectNet's size, streamed" },
];

export async function dataSection(plan: BenchPlan): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), "mvt-bench-"));
  try {
    plan.say("drawing faces");
    const folders = {
      "raf-db": await drawPictures(folder, "raf-db"),
      "affectnet-8": await drawPictures(folder, "affectnet-8"),
    };
    return joined([await whileTraining(plan, folders), await growingData(plan, folders)]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Folders = Readonly<Record<PictureKind, string>>;

/** Steps on one batch again and again; steps on what the loader makes; what the loader makes without steps. */
async function whileTraining(plan: BenchPlan, folders: Folders): Promise<Section> {
  const { base, model, threads, publishedSets } = plan;
  const [batchSize] = plan.batches as readonly [number];
  const workload: Workload = { kind: "train", model, batchSize };
  const steps = engineContestant(base, workload, { threads });
  const constant: Contestant = { ...steps, id: "steps", title: "steps on one batch" };
  const others = sets.map(({ kind, storage, title }) => {
    const set = { kind, storage, count: publishedSets[kind] };
    const pictures: Pictures = { ...set, folder: folders[kind], size: model.imageSize };
    const id = `${kind}-${storage}`;
    const fed = engineContestant(base, workload, { threads, pictures });
    return {
      fed: { ...fed, id: `steps-${id}`, title: `steps on batches, ${title}` },
      batches: batchesAlone(plan, pictures, {
        id: `batches-${id}`,
        title: `batches alone, ${title}`,
      }),
    };
  });
  const contestants = [constant, ...others.flatMap(({ fed, batches }) => [fed, batches])];
  const title = `data pipeline, batch ${batchSize}`;
  const outcome = await playRounds(contestants, roundsOf(plan, title));
  const pairs = [
    ...others.map(({ batches }) => ({ of: batches.id, to: constant.id })),
    ...others.map(({ fed }) => ({ of: fed.id, to: constant.id })),
  ];
  return sectionOf(outcome, { id: "data", title, pairs }, constant);
}

async function growingData(plan: BenchPlan, folders: Folders): Promise<Section> {
  const { growingSets, model } = plan;
  const kind = "affectnet-8";
  const sections: Section[] = [];
  for (const [storage, quantity] of [
    ["memory", "pictures in memory"],
    ["stream", "pictures that are streamed"],
  ] as const) {
    const set = { kind, storage, folder: folders[kind], size: model.imageSize } as const;
    const names = { id: `batches-${storage}`, title: "the batch loader" };
    const at = (count: number) => batchesAlone(plan, { ...set, count }, names);
    const what = `augmented batch of ${plan.batches[0]}`;
    const about = { id: `data-${storage}`, quantity, what };
    sections.push(await grow(plan, { about, xs: growingSets[storage], at }));
  }
  return joined(sections);
}

/** In each turn as many batches as `timedPictures` make. */
function batchesAlone(
  { batches, timedPictures }: BenchPlan,
  pictures: Pictures,
  names: Pick<Contestant, "id" | "title">,
): Contestant {
  const [batchSize] = batches as readonly [number];
  const steps = Math.max(1, Math.ceil(timedPictures / batchSize));
  return { ...batchesContestant(names, pictures, batchSize), pace: { steps } };
}
