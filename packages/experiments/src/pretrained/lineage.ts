/**
 * @file Where the weights that a run starts from come from: the run's record, reports and exports say it. The run's id
 * depends on the file's SHA-256 alone.
 */
import { basename } from "node:path";
import { z } from "zod";
import { publishedFiles } from "./published.ts";

/** How a published file was told. A name alone proves nothing: anyone can give it to any file. */
export const recognitions = ["SHA-256", "file name"] as const;

/** What a run's record says of the file that it started from. */
export const lineage = z.object({
  /** The file's name, without its folder. */
  file: z.string(),
  sha256: z.string(),
  /** What was published under this SHA-256 or name; absent of a file that is not known here. */
  published: z
    .object({
      title: z.string(),
      licence: z.string(),
      trainedOn: z.string(),
      source: z.string(),
      by: z.enum(recognitions),
    })
    .exactOptional(),
  /** What the user said of it with --weights-about. */
  about: z.string().exactOptional(),
});
export type Lineage = z.infer<typeof lineage>;

/** What is known of a file: by its SHA-256, by its name, and from the user. */
export function lineageOf(path: string, sha256: string, about?: string): Lineage {
  const file = basename(path);
  const byHash = publishedFiles.find(
    ({ sha256Start }) => sha256Start !== undefined && sha256.startsWith(sha256Start),
  );
  const found =
    byHash ?? publishedFiles.find((each) => each.fileName === file && !each.sha256Start);
  const known: Lineage = { file, sha256 };
  if (found !== undefined) {
    const { title, licence, trainedOn, source } = found;
    known.published = { title, licence, trainedOn, source, by: byHash ? "SHA-256" : "file name" };
  }
  if (about !== undefined) known.about = about;
  return known;
}

/** "MAE B/16 by its file name, CC-BY-NC 4.0, trained on ImageNet-1k (https://...)"; undefined of an unknown file. */
export function knownWords({ published, about }: Lineage): string | undefined {
  const said = about === undefined ? [] : [about];
  if (published === undefined) return said[0];
  const { title, licence, trainedOn, source, by } = published;
  const known = `${title} by its ${by}, licence ${licence}, trained on ${trainedOn} (${source})`;
  return [...said, known].join("; ");
}

/** "mae_pretrain_vit_base.pth (SHA-256 0123456789ab): MAE B/16 by its file name, ...", for reports and exports. */
export function lineageLine(start: Lineage): string {
  const { file, sha256 } = start;
  const words = knownWords(start) ?? "licence and training data not known here";
  return `${file} (SHA-256 ${sha256.slice(0, 12)}): ${words}`;
}
