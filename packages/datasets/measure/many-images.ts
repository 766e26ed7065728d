/**
 * @file Makes a data set of many different image files, to measure starts on: `node measure/many-images.ts FOLDER [COUNT]`.
 *
 * It is AffectNet of the second distribution in FOLDER/affectnet, with COUNT training images (50,000) and a twelfth as many to
 * test on, at most 4,000. Some hundred faces are drawn; each file is one of them with a comment of its own, so that every
 * file has another content and decodes like the face. There is no ground truth: for the commands it is a set as any other.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { synthesize } from "@mvt/datasets";

const [, , folder, given = "50000"] = process.argv;
if (folder === undefined) throw new Error("expected a folder, got none");
const faces = { train: 256, test: 64 };
const counts = { train: Number(given), test: Math.min(4000, Math.ceil(Number(given) / 12)) };

/** A JPEG with a comment behind its first marker. */
function withComment(jpeg: Buffer, text: string): Buffer {
  const comment = Buffer.alloc(4 + text.length);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(2 + text.length, 2);
  comment.write(text, 4, "latin1");
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
}

const drawn = join(resolve(folder), "drawn");
await synthesize({
  dataset: "affectnet-8",
  folder: drawn,
  seed: 1,
  counts: faces,
  labelNoise: 0,
  energy: false,
  threads: availableParallelism(),
});
for (const [split, place] of [
  ["train", "train_set"],
  ["test", "val_set"],
] as const) {
  const from = (part: string) => join(drawn, place, part);
  const to = (part: string) => join(resolve(folder), "affectnet", place, part);
  for (const part of ["images", "annotations"]) await mkdir(to(part), { recursive: true });
  const numbers = (await readdir(from("images"))).map((name) => name.slice(0, -".jpg".length));
  const sources = await Promise.all(
    numbers.map(async (number) => ({
      jpeg: await readFile(join(from("images"), `${number}.jpg`)),
      label: await readFile(join(from("annotations"), `${number}_exp.npy`)),
    })),
  );
  for (let i = 0; i < counts[split]; i += 1) {
    const { jpeg, label } = sources[i % sources.length]!;
    await Promise.all([
      writeFile(join(to("images"), `${i}.jpg`), withComment(jpeg, `${split} ${i}`)),
      writeFile(join(to("annotations"), `${i}_exp.npy`), label),
    ]);
  }
}
await rm(drawn, { recursive: true });
