/** @file `pnpm exp weights`: downloads the official pre-trained weights, and shows what a file holds. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CommandLineError, listFirst, shorten, UserError } from "@mvt/common";
import { backbones, defaultBackbone, describeNetwork, formatShape } from "@mvt/core";
import type { VitMatch } from "@mvt/core";
import { download, sha256Of } from "../../pretrained/download.ts";
import { knownWords, lineageOf } from "../../pretrained/lineage.ts";
import { officialPath, officialWeights } from "../../pretrained/official.ts";
import { arrayFacts, weightsShowJson } from "../../pretrained/weights-facts.ts";
import type { ArrayFacts } from "../../pretrained/weights-facts.ts";
import { withPrefix, openPretrainedFile } from "../../pretrained/weights-file.ts";
import { defineCommand } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { output, scaleOption } from "../options.ts";
import { sizeOption, weightsFileOptions } from "../network-options.ts";
import { networkLine, resampledLine } from "../describe-weights.ts";
import { jsonOption, requireFacts, writeJson } from "../json-output.ts";
import { scaleOf } from "../request.ts";
import { say } from "../messages.ts";
import { requireWritableFile } from "../writable.ts";

const options = {
  scale: { ...scaleOption, describe: "the scale whose model the weights are for [default: paper]" },
  size: sizeOption,
  "weights-key": weightsFileOptions["weights-key"],
  out: {
    type: "string",
    group: output,
    describe: "file to write the official weights to [default: data/weights/]",
  },
  json: { ...jsonOption.json, describe: "of show: write facts as one JSON value to stdout" },
} as const;

const positionals = {
  action: { choices: ["fetch", "show"], demandOption: true },
  file: { type: "string", describe: "a file of weights to show" },
} as const;

export default defineCommand({
  options,
  positionals,
  facts: { "weights show": weightsShowJson },
  examples: [
    ["weights fetch", "DeiT-S as its authors published it, 88 MB"],
    ["weights show FILE", "the arrays of a file, and how --weights would use each"],
  ],
  run,
});

const print = (line: string) => void process.stdout.write(`${line}\n`);

type Args = ArgsOf<typeof options & typeof positionals>;

async function run(args: Args): Promise<void> {
  const { action, file, out } = args;
  requireFacts(args, "weights", action, ["show"]);
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
  return show(resolve(file), args);
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
  say(`downloading ${url}`);
  const sha256 = await download({ ...officialWeights, path });
  print(`${path}: SHA-256 ${sha256}, whose first digits are those of the file's name`);
}

async function show(
  path: string,
  { scale = "paper", size, weightsKey, json }: Pick<Args, "scale" | "size" | "weightsKey" | "json">,
): Promise<void> {
  await withPrefix("", async () => {
    const { file, bytes, sha256 } = await openPretrainedFile(path, weightsKey);
    const network = describeNetwork(file);
    const { backbone = defaultBackbone, pooling } = network ?? {};
    const { model } = scaleOf({ scale, size, backbone, pooling });
    const match = backbones[backbone].match(file, model);
    const { format, otherEntries } = file;
    if (!json) {
      print(`${path}: ${format}, ${bytes} bytes, SHA-256 ${sha256}`);
      print(network ? networkLine(network) : "no vision transformer that is known here");
      const known = knownWords(lineageOf(path, sha256));
      if (known !== undefined) print(known);
      for (const row of rowsOf(match)) print(row);
      if (otherEntries.length > 0)
        print(`in the file besides the weights, not read: ${listFirst(otherEntries, 20)}`);
    }
    const weights = backbones[backbone].load(match);
    const { startsAnew } = match;
    const positions = match.matched.flatMap((each) => each.positions ?? [])[0];
    const resampled = positions && positions.from !== positions.to ? positions : undefined;
    if (json) {
      const arrays = arrayFacts(match);
      const about = { path, format, bytes, sha256, network, scale, arrays };
      const use = { otherEntries, loaded: weights.size, startsAnew, resampled };
      return writeJson(weightsShowJson, { ...about, ...use });
    }
    if (resampled) print(resampledLine(resampled));
    const flags = [
      backbone !== defaultBackbone && `--backbone ${backbone}`,
      size !== undefined && `--size ${size}`,
      pooling !== undefined && `--pooling ${pooling}`,
    ].filter((flag) => flag !== false);
    print(
      `usable as --weights at scale ${scale}${flags.length === 0 ? "" : ` with ${flags.join(" ")}`}: ${weights.size} parameters are loaded, ${new Intl.ListFormat("en-GB").format(startsAnew)} start anew`,
    );
  });
}

/** One line per array: name, type, shape, and what becomes of it. */
function rowsOf(match: VitMatch): readonly string[] {
  const expected = new Map(match.unfit.map((each) => [each.parameter, each.expected]));
  const arrays = arrayFacts(match);
  const width = Math.max(0, ...arrays.map(({ name }) => shorten(name).length));
  return arrays.map((array) => {
    const { name, type, shape } = array;
    const use = fateLine(array, (parameter) => formatShape(expected.get(parameter)!));
    return `  ${shorten(name).padEnd(width)}  ${type.padEnd(10)}  ${formatShape(shape).padEnd(18)}  ${use}`;
  });
}

function fateLine(
  { name, fate, parameter, reason }: ArrayFacts,
  shapeOf: (parameter: string) => string,
): string {
  if (fate === "loaded") return name === parameter ? "loaded" : `-> ${parameter}`;
  if (fate === "skipped") return `skipped: ${reason}`;
  return fate === "unknown" ? "unknown" : `does not fit ${parameter} ${shapeOf(parameter!)}`;
}
