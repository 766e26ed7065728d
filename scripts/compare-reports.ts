/**
 * @file Fails if freshly made reports say something else than committed ones.
 *
 *   pnpm reports:compare results/smoke FRESH [--tolerance 0.1]
 */
import { parseArgs } from "node:util";
import { compareReports } from "./reports/compare.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  // At 150 images, as at scale smoke, just under twice the standard error of the difference of two trainings.
  options: { tolerance: { type: "string", default: "0.1" } },
});
const [committed, fresh] = positionals;
const tolerance = Number(values.tolerance);
if (committed === undefined || fresh === undefined || !(tolerance >= 0 && tolerance <= 1)) {
  throw new Error("expected COMMITTED FRESH [--tolerance SHARE], two folders and a share of n");
}
const { differences, tables, counts } = compareReports(committed, fresh, tolerance);
for (const difference of differences) console.log(difference);
console.log(
  `${tables} tables with ${counts} counts k of n: ${differences.length} differ by more than ${100 * tolerance} % of n`,
);
if (differences.length > 0) {
  console.log(
    "If the change is meant, make the reports again and commit them; see CONTRIBUTING.md.",
  );
  process.exitCode = 1;
}
