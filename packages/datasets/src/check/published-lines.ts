/**
 * @file How many lines of each published list of occluded and turned faces name a test image, counted on
 * the lists and, for FERPlus, on both of Microsoft's vote tables under each protocol.
 */
import type { Dataset } from "../dataset.ts";
import type { FerplusProtocol } from "../ferplus/protocols.ts";
import { listFamilies, type SubsetName } from "../subsets/published-lists.ts";

type Lines = Readonly<Record<SubsetName, number>>;

/** What a complete copy gives; undefined where the lists do not fit the copy, or nobody counted. */
export function publishedLines({ name, layout, protocol }: Dataset): Lines | undefined {
  if (name === "ferplus") return ferplus[layout]?.[protocol.split(", ")[0] ?? ""];
  const lists = listFamilies[name]?.lists;
  if (lists === undefined || (name !== "raf-db" && layout !== "csv")) return undefined;
  return {
    occlusion: lists.occlusion.lines,
    "pose-30": lists["pose-30"].lines,
    "pose-45": lists["pose-45"].lines,
  };
}

const lines = (occlusion: number, pose30: number, pose45: number): Lines => ({
  occlusion,
  "pose-30": pose30,
  "pose-45": pose45,
});

const ferplus: Readonly<Record<string, Readonly<Record<string, Lines>>>> = {
  csv: {
    "argmax-10": lines(605, 1170, 633),
    "official-majority": lines(600, 1167, 630),
    "argmax-8": lines(605, 1170, 633),
    "strict-majority": lines(477, 1013, 547),
  },
  folders: {
    "argmax-10": lines(605, 1170, 633),
    "official-majority": lines(605, 1170, 633),
    "argmax-8": lines(605, 1170, 633),
    "strict-majority": lines(482, 1019, 550),
  },
} satisfies Record<"csv" | "folders", Record<FerplusProtocol, Lines>>;
