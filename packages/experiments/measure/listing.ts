/**
 * @file What many images cost before the first is decoded: `node measure/listing.ts [IMAGES [FOLDER]]`, where FOLDER
 * is on the disk that matters. Files of 14 kB, as AffectNet's crops have, in RAF-DB's class folders; their bytes are noise,
 * since nothing decodes them here.
 *
 * The files were just written, so they come from the system's cache: what is timed is the work per file, not the disk. It
 * is time of the processor, all threads together, so that other processes do not count.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { chunksOfRegular } from "@mvt/common/files";
import { fingerprint, hashDataset, loadDataset, openFileHashes } from "@mvt/datasets";
import { LabelLedger } from "@mvt/relabel";

const [, , count = "10000", base = tmpdir()] = process.argv;
const images = Number(count);
const imageBytes = 14_000;
const folder = mkdtempSync(join(base, "mvt-listing-"));

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** Bytes that are in use. */
const inUse = () => {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

function print(what: string, seconds: number): void {
  const rate = Math.round(images / seconds);
  process.stdout.write(`${what}: ${seconds.toFixed(2)} s, ${rate} images/s\n`);
}

async function timed<Done>(what: string, work: () => Promise<Done>): Promise<Done> {
  const start = process.cpuUsage();
  const done = await work();
  const { user, system } = process.cpuUsage(start);
  print(what, (user + system) / 1e6);
  return done;
}

try {
  const noise = Buffer.alloc(imageBytes, "mask vision transformer ");
  const paths: string[] = [];
  for (const split of ["train", "test"]) {
    for (let k = 1; k <= 7; k += 1) mkdirSync(join(folder, split, String(k)), { recursive: true });
  }
  for (let i = 0; i < images; i += 1) {
    noise.writeUInt32LE(i, 0);
    const split = i % 10 === 0 ? "test" : "train";
    const path = join(
      folder,
      split,
      String((i % 7) + 1),
      `${split}_${String(i).padStart(9, "0")}.jpg`,
    );
    writeFileSync(path, noise);
    paths.push(path);
  }
  await setTimeout(3000); // hashes of files that are younger than two seconds are not kept
  const before = inUse();
  const dataset = await timed("list", () => loadDataset("raf-db", folder, {}));
  process.stdout.write(`memory: ${Math.round((inUse() - before) / images)} bytes per image\n`);
  const cacheFolder = join(folder, "cache");
  const files = await openFileHashes(folder, { cacheFolder });
  const hashes = await timed("hash every file", () => hashDataset(dataset, files));
  await timed("fingerprint of the hashes", () => fingerprint(dataset, hashes, files));
  await files.keep();
  await timed("known hashes, each file looked up", async () =>
    hashDataset(dataset, await openFileHashes(folder, { cacheFolder })),
  );
  const { train } = dataset.splits;
  const { classes } = dataset;
  const start = inUse();
  const ledger = new LabelLedger({
    ids: train.map(({ id }) => id),
    given: train.map(({ expression }) => classes.indexOf(expression)),
    classes,
  });
  const used = Math.round((inUse() - start) / ledger.ids.length);
  process.stdout.write(`label ledger: ${used} bytes per image\n`);
  await timed("read every file", async () => {
    for (const path of paths) readFileSync(path);
  });
  const archive = join(folder, "archive");
  for (const path of paths) writeFileSync(archive, readFileSync(path), { flag: "a" });
  await timed("read the same bytes from one file", async () => {
    for await (const _ of chunksOfRegular(archive, 2 ** 20)) continue;
  });
} finally {
  rmSync(folder, { recursive: true });
}
