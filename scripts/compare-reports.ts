/**
 * @file Fails if freshly made reports say something else than committed ones.
 *
 *   pnpm reports:compare results/smoke FRESH [--tolerance 0.1]
 */
import { readOptions } from "./options.ts";
import { compareReports } from "./reports/compare.ts";

const usage = "pnpm reports:compare COMMITTED FRESH [--tolerance 0.1]";
const { positionals, values, refuse } = readOptions(usage, {
  allowPositionals: true,
  // At 150 images, as at scale smoke, just under twice the standard error of the difference of two trainings.
  options: { tolerance: { type: "string", default: "0.1" } },
});
const [committed, fresh, ...others] = positionals;
const tolerance = Number(values.tolerance);
if (committed === undefined || fresh === undefined || others.length > 0) {
  throw refuse(`expected two folders, got ${positionals.length}.`);
}
if (!(tolerance >= 0 && tolerance <= 1)) {
  refuse(`--tolerance ${values.tolerance}: expected a share of n from 0 to 1.`);
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
