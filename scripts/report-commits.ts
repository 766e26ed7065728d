/**
 * @file Fails if a committed report names a commit that is not in the history, so that nobody can see what made it.
 *
 *   pnpm reports:commits [results]
 */
import { missingCommits } from "./reports/commits.ts";

const folder = process.argv[2] ?? "results";
const missing = missingCommits(folder);
if (missing === undefined) {
  console.log(
    `${folder}: skipped, because this clone has no whole history (git fetch --unshallow)`,
  );
} else {
  for (const { report, commit } of missing) {
    console.log(`${folder}/${report}: names commit ${commit}, which the history does not have`);
  }
  console.log(`${folder}: ${missing.length} reports name a commit that is missing`);
  if (missing.length > 0) {
    console.log(
      "Make these reports again from a commit that is on the main branch, and commit them.",
    );
    process.exitCode = 1;
  }
}
