/**
 * @file What the tables, figures and studies cost at scale paper, for docs/guides/costs.md.
 *
 *     pnpm costs             # prints the tables
 *     pnpm costs --write     # writes them into the guide
 *
 * It plans with the project's own planner and scales, and with counts in place of data sets, so it needs no images.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTables } from "./guide.ts";
import { costTables } from "./tables.ts";

const guide = join(import.meta.dirname, "../../../docs/guides/costs.md");

const tables = await costTables();
if (process.argv.includes("--write")) {
  writeFileSync(guide, withTables(readFileSync(guide, "utf8"), tables));
} else {
  for (const [name, table] of Object.entries(tables))
    process.stdout.write(`${name}\n\n${table}\n\n`);
}
