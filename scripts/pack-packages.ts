/**
 * @file Packs every package that others can install, those with a `publishConfig`, into a folder of tarballs.
 *
 *   pnpm packages [FOLDER]     # default: dist/packages
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { packedPackages } from "./packed-packages.ts";

const folder = resolve(process.argv[2] ?? "dist/packages");
mkdirSync(folder, { recursive: true });
const filters = packedPackages().map(({ name }) => `--filter=${name}`);
execFileSync("npx", ["-y", "pnpm@12", "-r", ...filters, "pack", "--pack-destination", folder], {
  stdio: "inherit",
  shell: process.platform === "win32", // npx is a script there
});
