/**
 * @file Opens a pull request with the reports that were made again and differ from the committed ones. Without GH_TOKEN it
 * pushes nothing and prints what it would do.
 *
 *   pnpm reports:propose smoke quick
 */
import { readOptions } from "./options.ts";
import { proposeReports } from "./reports/propose.ts";

const { positionals: folders, refuse } = readOptions(
  "pnpm reports:propose FOLDER ..., folders of results, such as smoke quick",
  { allowPositionals: true },
);
if (folders.length === 0) refuse("expected a folder, got none.");
proposeReports(process.cwd(), folders, {
  token: process.env["GH_TOKEN"],
  date: new Date().toISOString().slice(0, 10),
  say: console.log,
});
