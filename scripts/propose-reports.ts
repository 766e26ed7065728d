/**
 * @file Opens a pull request with the reports that were made again and differ from the committed ones. Without GH_TOKEN it
 * pushes nothing and prints what it would do.
 *
 *   pnpm reports:propose smoke quick
 */
import { proposeReports } from "./reports/propose.ts";

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error("expected folders of results, such as smoke quick");
proposeReports(process.cwd(), folders, {
  token: process.env["GH_TOKEN"],
  date: new Date().toISOString().slice(0, 10),
  say: console.log,
});
