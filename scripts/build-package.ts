/**
 * @file Builds the package in the current folder for publication: JavaScript and types into dist/, because Node runs
 * no TypeScript under node_modules. `pnpm pack` runs it first (`prepack`). Inside the repository nothing reads dist/.
 */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

await rm("dist", { recursive: true, force: true });
const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
execFileSync(process.execPath, [compiler, "-p", "tsconfig.package.json"], { stdio: "inherit" });
// Files that tsc does not emit, in folders that are part of the package: WebAssembly, and generated JavaScript with its types.
await cp("src", "dist", {
  recursive: true,
  filter: (path) =>
    statSync(path).isDirectory()
      ? existsSync(join("dist", relative("src", path).split(sep)[0]!))
      : extname(path) !== ".ts" || path.endsWith(".d.ts"),
});
