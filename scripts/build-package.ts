/**
 * @file Builds the package in the current folder for publication: JavaScript and types into dist/, because Node runs
 * no TypeScript under node_modules. `pnpm pack` runs it first (`prepack`). Inside the repository nothing reads dist/.
 */
import { execFileSync } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { extname } from "node:path";

await rm("dist", { recursive: true, force: true });
execFileSync("pnpm", ["exec", "tsc", "-p", "tsconfig.package.json"], { stdio: "inherit" });
// Files that tsc does not emit: WebAssembly, and generated JavaScript with its types.
await cp("src", "dist", {
  recursive: true,
  filter: (path) => extname(path) !== ".ts" || path.endsWith(".d.ts"),
});
