/** @file What `data align --json` writes. */
import type { Aligned } from "@mvt/faces";
import { type FaceStatus, faceStatuses } from "@mvt/faces/portable";
import { z } from "zod";

const count = z.int().nonnegative();

export const dataAlignJson = z.object({
  data: z.string().describe("the folder whose images were read"),
  out: z.string().describe("the folder with the aligned images"),
  images: count.describe("images below the folder"),
  found: count.describe("of them, those with one face"),
  several: count.describe("with several faces"),
  none: count.describe("without a face"),
  unreadable: count.describe("files that could not be read; the exit code is then 1"),
  tooLarge: count.describe("images of too many pixels; the exit code is then 1"),
  written: count.describe("aligned images in the folder"),
  kept: count.describe("images that an earlier call had done"),
  copied: z.array(z.string()).describe("lists of labels and the like that were copied"),
  table: z.string().describe("the table of what was found"),
  sheet: z.string().optional().describe("the contact sheet; absent if no face was found"),
});

/** How many images there are of each status. */
export function countStatuses({ images }: Pick<Aligned, "images">) {
  const counts = Object.fromEntries(faceStatuses.map((status) => [status, 0])) as Record<
    FaceStatus,
    number
  >;
  for (const { status } of images) counts[status] += 1;
  return counts;
}

/** `data`, `out`, `table` and `sheet` are paths. */
export function alignFacts(
  aligned: Aligned,
  paths: Pick<z.input<typeof dataAlignJson>, "data" | "out" | "table" | "sheet">,
): z.input<typeof dataAlignJson> {
  const { found, several, none, unreadable, "too large": tooLarge } = countStatuses(aligned);
  const { images, written, kept, copied } = aligned;
  return {
    ...paths,
    images: images.length,
    found,
    several,
    none,
    unreadable,
    tooLarge,
    written: written.length,
    kept,
    copied: [...copied],
  };
}
