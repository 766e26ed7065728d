/**
 * @file Fuzzes every parser of files and texts that come from outside.
 *
 *     pnpm fuzz [--inputs N] [--seed S] [--only NAME ...] [--out DIR]
 *     pnpm fuzz --repeat FILE
 *
 * N inputs in all, divided among the parsers; half of them are valid files with a few bytes changed, half are well-formed
 * files with odd values. Each must be parsed or refused with one of the project's own errors, in less than 5 seconds and
 * within 1 GiB of memory, and twice the same. A format with a checksum must refuse a changed file or give the same.
 * Inputs that fail are written to DIR as hexadecimal digits; `--repeat` parses such a file again. Exit code 1 if any failed.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { alignColumns, sum } from "@mvt/common";
import { readOptions } from "./options.ts";
import { fuzz, repeat, type FuzzModule, type FuzzReport } from "@mvt/testing/fuzz";

const root = join(import.meta.dirname, "..");

const usage =
  "pnpm fuzz [--inputs 100000] [--seed 0] [--only NAME ...] [--out DIR], or pnpm fuzz --repeat FILE";
const { values: args, wholeNumber } = readOptions(usage, {
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: "0" },
    only: { type: "string", multiple: true },
    out: { type: "string", default: join(root, ".cache", "fuzz") },
    repeat: { type: "string" },
  },
});

const modules = globSync("packages/*/test/fuzz/targets.ts", { cwd: root })
  .toSorted()
  .map((path) => pathToFileURL(join(root, path)));

const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);

function describe({ counts }: FuzzReport): readonly (readonly string[])[] {
  return [...counts.values()].map(({ target, parsed, refused, same, slowest, memory }) =>
    [target, parsed, refused, same, slowest.toFixed(0), mebibytes(memory)].map(String),
  );
}

async function all(): Promise<void> {
  const inputs = wholeNumber("inputs", args.inputs, 1);
  const seed = wholeNumber("seed", args.seed, 0);
  const known = await Promise.all(modules.map(({ href }) => import(href) as Promise<FuzzModule>));
  const targets = known.flatMap((module) => module.targets);
  const wanted = targets.filter(({ name }) => args.only?.includes(name) ?? true);
  const unknown = args.only?.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) {
    const names = targets.map(({ name }) => name).join(", ");
    process.stderr.write(`--only: expected one of ${names}, got ${unknown}.\n`);
    process.exit(2);
  }
  const each = Math.ceil(inputs / sum(wanted.map(({ share = 1 }) => share)));
  const options = { seed, inputs: each, only: args.only, folder: args.out };
  const reports: FuzzReport[] = [];
  for (const module of modules) reports.push(await fuzz(module, options));
  const header = ["", "parsed", "refused", "as written", "slowest, ms", "memory, MiB"];
  process.stdout.write(`${alignColumns([header, ...reports.flatMap(describe)]).join("\n")}\n`);
  const failures = reports.flatMap((report) => report.failures);
  for (const { target, kind, what, path, input } of failures) {
    process.stdout.write(`\n${kind}: ${target}, seed ${seed}, input ${input}: ${what}\n${path}\n`);
  }
  const counted = reports.flatMap(({ counts }) => [...counts.values()]);
  const total = sum(counted.map(({ parsed, refused }) => parsed + refused));
  process.stdout.write(`\n${total} inputs without a failure, ${failures.length} failures\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

if (args.repeat === undefined) await all();
else {
  const found = await Promise.all(modules.map((module) => repeat(module, args.repeat!)));
  process.stdout.write(`${found.find((verdict) => verdict !== undefined) ?? "no such parser"}\n`);
}
