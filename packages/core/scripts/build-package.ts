/**
 * @file What `pnpm pack` runs first: JavaScript and types into dist/, because Node runs no TypeScript under
 * node_modules. Inside the repository nothing reads dist/.
 */
import { execFileSync } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const folder = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

await rm(folder("dist"), { recursive: true, force: true });
execFileSync("pnpm", ["exec", "tsc", "-p", folder("tsconfig.package.json")], { stdio: "inherit" });
// Beside the sources lie files that are no TypeScript: WebAssembly, and the generated ONNX schema.
await cp(folder("src"), folder("dist"), {
  recursive: true,
  filter: (path) => extname(path) !== ".ts" || path.endsWith(".d.ts"),
});
