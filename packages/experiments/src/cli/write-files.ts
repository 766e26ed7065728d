/** @file Writes the files of a report, and the configuration that made it. */
import { join } from "node:path";
import { writeWhole } from "@mvt/common/files";
import type { EffectiveConfiguration } from "./configuration.ts";

const conjunction = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** Writes into a folder by file name, and says so. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  say: (line: string) => void,
): Promise<void> {
  for (const [name, content] of Object.entries(files))
    await writeWhole(join(folder, name), content);
  say(`wrote ${conjunction.format(Object.keys(files))} in ${folder}`);
}

/** Keeps the configuration beside a report where the command line, which the report names, does not show all of it. */
export async function keepConfiguration(
  folder: string,
  { command, text, beyondCommandLine }: EffectiveConfiguration,
  say: (line: string) => void,
): Promise<void> {
  if (!beyondCommandLine) return;
  await writeFiles(folder, { [`${command}.config.yaml`]: await text() }, say);
}
