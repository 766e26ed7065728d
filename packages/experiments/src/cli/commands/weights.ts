/** @file `pnpm exp weights`: downloads the official pre-trained weights, and shows what a file holds. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CommandLineError, listFirst, shorten, UserError } from "@mvt/common";
import { backbones, defaultBackbone, describeNetwork, formatShape, withBackbone } from "@mvt/core";
import type { VitMatch } from "@mvt/core";
import { download, sha256Of } from "../../pretrained/download.ts";
import { officialPath, officialWeights } from "../../pretrained/official.ts";
import { scales } from "../../settings/scales.ts";
import type { ScaleName } from "../../settings/scales.ts";
import { withPrefix, openPretrainedFile } from "../../pretrained/weights-file.ts";
import { defineCommand } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { output, scaleOption, weightsFileOptions } from "../options.ts";
import { networkLine, resampledLine } from "../describe-weights.ts";
import { requireWritableFile } from "../writable.ts";

const options = {
  scale: { ...scaleOption, describe: "the scale whose model the weights are for [default: paper]" },
  "weights-key": weightsFileOptions["weights-key"],
  out: {
    type: "string",
    group: output,
    describe: "file to write the official weights to [default: data/weights/]",
  },
} as const;

const positionals = {
  action: { choices: ["fetch", "show"], demandOption: true },
  file: { type: "string", describe: "a file of weights to show" },
} as const;

export default defineCommand({
  options,
  positionals,
  examples: [
    ["weights fetch", "DeiT-S as its authors published it, 88 MB"],
    ["weights show FILE", "the arrays of a file, and how --weights would use each"],
  ],
  run,
});

const print = (line: string) => void process.stdout.write(`${line}\n`);

async function run({
  action,
  file,
  scale,
  weightsKey,
  out,
}: ArgsOf<typeof options & typeof positionals>): Promise<void> {
  if (action === "fetch") {
    if (file !== undefined) {
      throw new CommandLineError(
        `weights fetch ${file}: expected no file, since there is one to fetch. Name the place with --out.`,
      );
    }
    return fetchOfficial(out);
  }
  if (file === undefined) {
    throw new CommandLineError("weights show: expected a file, got none. Name one.");
  }
  return show(resolve(file), scale ?? "paper", weightsKey);
}

async function fetchOfficial(out: string | undefined): Promise<void> {
  const path = await requireWritableFile("out", out ?? officialPath());
  const { url, sha256Start } = officialWeights;
  if (existsSync(path)) {
    const found = await sha256Of(path);
    if (!found.startsWith(sha256Start)) {
      throw new UserError(
        `weights fetch: expected nothing at ${path}, or the official file, whose SHA-256 begins with ${sha256Start}; found a file with ${found}. Move it away, or choose another place with --out.`,
      );
    }
    return print(`${path}: already there, SHA-256 ${found}`);
  }
  process.stderr.write(`downloading ${url}\n`);
  const sha256 = await download({ ...officialWeights, path });
  print(`${path}: SHA-256 ${sha256}, whose first digits are those of the file's name`);
}

async function show(path: string, scale: ScaleName, key: string | undefined): Promise<void> {
  await withPrefix("", async () => {
    const { file, bytes, sha256 } = await openPretrainedFile(path, key);
    const network = describeNetwork(file);
    const { backbone = defaultBackbone } = network ?? {};
    const match = backbones[backbone].match(file, withBackbone(scales[scale].model, backbone));
    print(`${path}: ${file.format}, ${bytes} bytes, SHA-256 ${sha256}`);
    print(network ? networkLine(network) : "no vision transformer that is known here");
    for (const row of rowsOf(match)) print(row);
    if (file.otherEntries.length > 0)
      print(`in the file besides the weights, not read: ${listFirst(file.otherEntries, 20)}`);
    const weights = backbones[backbone].load(match);
    const positions = match.matched.flatMap((each) => each.positions ?? [])[0];
    if (positions && positions.from !== positions.to) print(resampledLine(positions));
    print(
      `usable as --weights at scale ${scale}${backbone === defaultBackbone ? "" : ` with --backbone ${backbone}`}: ${weights.size} parameters are loaded, ${match.startsAnew.join(" and ")} start anew`,
    );
  });
}

/** One line per array: name, type, shape, and what becomes of it. */
function rowsOf({ file, matched, skipped, unknown, unfit }: VitMatch): readonly string[] {
  const fates = new Map<string, string>();
  for (const { parameter, from } of matched) {
    for (const name of from) fates.set(name, name === parameter ? "loaded" : `-> ${parameter}`);
  }
  for (const { name, reason } of skipped) fates.set(name, `skipped: ${reason}`);
  for (const name of unknown) fates.set(name, "unknown");
  for (const { parameter, expected, from } of unfit) {
    for (const name of from) fates.set(name, `does not fit ${parameter} ${formatShape(expected)}`);
  }
  const width = [...file.arrays.keys()].reduce(
    (widest, name) => Math.max(widest, shorten(name).length),
    0,
  );
  return [...file.arrays].map(
    ([name, { type, shape }]) =>
      `  ${shorten(name).padEnd(width)}  ${type.padEnd(10)}  ${formatShape(shape).padEnd(18)}  ${fates.get(name)}`,
  );
}
