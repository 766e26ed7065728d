/**
 * @file Makes committed reports again, each with the command that it names in its provenance.
 *
 *   pnpm reports:make smoke quick     # into results/smoke and results/quick
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readOptions } from "./options.ts";
import { commandsIn } from "./reports/commands.ts";

const root = join(import.meta.dirname, "..");
const { positionals: folders, refuse } = readOptions(
  "pnpm reports:make FOLDER ..., folders of results, such as smoke quick",
  { allowPositionals: true },
);
if (folders.length === 0) refuse("expected a folder, got none.");
for (const name of folders) {
  const folder = join(root, "results", name);
  const reports = readdirSync(folder).filter((file) => file.endsWith(".md"));
  const texts = reports.map((file) => readFileSync(join(folder, file), "utf8"));
  for (const args of commandsIn(texts)) {
    console.log(`== pnpm exp ${args.join(" ")}`);
    const main = join(root, "apps/exp/src/main.js");
    execFileSync(process.execPath, [main, ...args, "--out", folder], {
      cwd: root,
      stdio: "inherit",
    });
  }
}
