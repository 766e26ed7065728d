/** @file Opens every image of a data set: finds missing and damaged ones, and hashes the others. */
import { availableParallelism } from "node:os";
import { moduleBeside } from "@mvt/common";
import { splitNames } from "../dataset.ts";
import type { Dataset } from "../datasets.ts";
import { sendable } from "../images/decode-image.ts";
import { inThreads } from "../in-threads.ts";
import inspectAll, { type Inspection, type PlacedImage } from "./inspect-worker.ts";

/** Images of a task of a thread. With few in all, no thread is started: that takes as long as opening them. */
const taskLength = 16;
const fewImages = 64;

/** Reads and decodes every image, in worker threads. What is found does not depend on their number. */
export async function inspectImages(
  { splits }: Dataset,
  threads = availableParallelism(),
): Promise<Inspection[]> {
  const all: PlacedImage[] = splitNames.flatMap((split) =>
    splits[split].map(({ id, image }) => ({ split, id, image })),
  );
  const module = moduleBeside(import.meta.url, "inspect-worker");
  const found = await inThreads(
    { module, run: inspectAll },
    {
      count: Math.ceil(all.length / taskLength),
      make: (i) =>
        all
          .slice(i * taskLength, (i + 1) * taskLength)
          .map((placed) => ({ ...placed, image: sendable(placed.image) })),
      threads: all.length > fewImages ? threads : 0,
    },
  );
  const inspections = found.flat();
  for (const [i, { defect, complaint }] of inspections.entries()) {
    // libvips has one error text for all its threads, so only an image decoded alone gets its own.
    if (defect?.kind === "unreadable" || complaint !== undefined)
      inspections[i] = (await inspectAll([all[i]!]))[0]!;
  }
  return inspections;
}
