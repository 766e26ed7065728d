/** @file `pnpm exp bench-data`: pictures from files or memory, how fast, and in how much memory. */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { imageStorages } from "@mvt/datasets";
import type { ImageStorage } from "@mvt/datasets";
import type { Argv } from "yargs";
import { timePipeline } from "../../bench/data-pipeline.ts";
import type { PipelineTimes } from "../../bench/data-pipeline.ts";
import { makePictures } from "../../bench/many-pictures.ts";
import { requirePositive, requireWhole } from "../options.ts";
import { createProgress } from "../progress.ts";

export function builder(cli: Argv) {
  return cli
    .options({
      files: { type: "number", default: 50_000, describe: "picture files, 28 kB each" },
      size: { type: "number", default: 112, describe: "pixels on each side after decoding" },
      batch: { type: "number", default: 32, describe: "pictures per batch" },
      images: {
        choices: imageStorages,
        describe:
          "where pictures are while an epoch reads them [default: both, one after the other]",
      },
      threads: {
        type: "number",
        describe: "threads that prepare batches [default: 1; of a stream, one per core up to 8]",
      },
    })
    .example(
      "$0 bench-data",
      "50,000 files, streamed and from memory: 1.5 GB of disk, some minutes",
    )
    .example("$0 bench-data --files 5000 --size 224", "a shorter look at DeiT-S's size");
}

export async function run(args: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  for (const flag of ["files", "size", "batch"] as const) requirePositive(flag, args[flag]);
  requireWhole("threads", args.threads, 0);
  const { files, size, batch: batchSize, threads } = args;
  const progress = createProgress();
  const print = (line: string) => {
    progress.end();
    process.stdout.write(`${line}\n`);
  };
  const folder = await mkdtemp(join(tmpdir(), "mvt-bench-"));
  try {
    progress.say(`writing ${files} files to ${folder}`);
    const { samples, faces, bytes } = await makePictures(folder, files);
    print(
      `${files} JPEGs of 224x224, copies of ${faces} faces, ${(bytes / 1e6).toFixed(0)} MB; decoded to ${size}x${size} they are ${mebibytes(files * size * size * 3)}`,
    );
    print(`${availableParallelism()} cores, ${mebibytes(totalmem())} of memory, no training`);
    // The stream comes first, since memory once taken need not go back.
    const storages: readonly ImageStorage[] = args.images ? [args.images] : ["stream", "memory"];
    for (const storage of storages) {
      const onProgress = (what: string, done: number, total: number) =>
        progress.onDecode(`${storage}, ${what}`, done, total);
      const times = await timePipeline(samples, { storage, size, batchSize, threads, onProgress });
      for (const line of describe(storage, files, times)) print(line);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

function describe(storage: ImageStorage, files: number, times: PipelineTimes): readonly string[] {
  const { openSeconds, epochSeconds, before, peak, quarters } = times;
  const rate = (seconds: number) =>
    `${seconds.toFixed(1)} s, ${(files / seconds).toFixed(0)} images/s`;
  const opening = storage === "memory" ? "decoded into memory" : "every picture tried";
  return [
    storage,
    `  ${opening.padEnd(22)} ${rate(openSeconds)}`,
    `  ${"epoch, augmented".padEnd(22)} ${rate(epochSeconds)}`,
    `  ${"memory of the process".padEnd(22)} ${mebibytes(before)} before, ${mebibytes(peak)} at most; after each quarter of the epoch ${quarters.map(mebibytes).join(", ")}`,
  ];
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
