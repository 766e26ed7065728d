/**
 * @file The packages as others get them: packed, and installed in an empty project. The examples of their READMEs compile
 * there as strict TypeScript, without skipLibCheck, and print the same on three Node lines.
 *
 * It needs npm's registry; without one it is left out.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../../..");
const minutes = 60_000;

const shell = process.platform === "win32"; // npm is a script there
const execute = promisify(execFile);
const run = async (command: string, args: readonly string[], cwd: string): Promise<string> => {
  const { NODE_PATH: _, ...env } = process.env; // pnpm's, where packages of this repository would be found
  const options = { cwd, env, shell, timeout: 5 * minutes, maxBuffer: 2 ** 26 };
  const { stdout } = await execute(command, args, options);
  return stdout;
};

const online = spawnSync("npm", ["ping"], { shell, timeout: 20_000 }).status === 0;
if (!online) console.log("packed packages: no registry, these tests are left out");

/** Programs besides the examples. */
const programs = {
  "half-precision": `
import { onnxBackend, ops } from "@mvt/core";
const x = ops.input("x", [2]);
const tenth = ops.mul(ops.cast(x, "float16"), ops.scalar(0.1, "float16"));
const backend = await onnxBackend();
const program = { inputs: [x], outputs: { y: ops.cast(tenth, "float32") }, state: [] };
const executable = await backend.compile(program);
console.log((await executable.run({ x: Float32Array.of(1, 2) })).y);
await executable.dispose();`,
  tensorflow: `
import { TfjsError, tfjsBackend } from "@mvt/core";
await tfjsBackend({ engine: "cpu" }).catch((error: unknown) => {
  console.log(error instanceof TfjsError && error.message);
});`,
};

/** The examples of a package's README, but for those that need the repository. */
function examplesOf(
  name: string,
  folder: string,
): readonly (readonly [file: string, code: string])[] {
  const text = readFileSync(join(root, "packages", name, "README.md"), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)]
    .map(([, code]) => code!)
    .filter((code) => !/"@mvt\/experiments(\/cli)?"/.test(code))
    .map((code, i) => [`${name}-${i + 1}`, code.replaceAll("/tmp/mvt-readme", folder)]);
}

const compilerOptions = {
  strict: true,
  skipLibCheck: false,
  module: "nodenext",
  moduleResolution: "nodenext",
  target: "es2022",
  types: ["node"],
  rootDir: "src",
  outDir: "out",
};

describe.skipIf(!online)("packed packages in an empty project", { tags: ["slow"] }, () => {
  let project: string;
  /** What the examples write. */
  let written: string;
  let names: readonly string[];

  beforeAll(async () => {
    const folder = await makeFolder();
    const packed = join(folder, "packed");
    project = join(folder, "project");
    written = join(folder, "written");
    await mkdir(join(project, "src"), { recursive: true });
    await run(process.execPath, [join(root, "scripts/pack-packages.ts"), packed], root);
    const tarballs = readdirSync(packed).map((name) => join(packed, name));
    await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    const others = ["typescript@7", "@types/node@20"];
    await run("npm", ["install", ...options, ...tarballs, ...others], project);
    const installed = readdirSync(join(project, "node_modules/@mvt"));
    const examples = [
      ...installed.flatMap((name) => examplesOf(name, written)),
      ...Object.entries(programs),
    ];
    names = examples.map(([name]) => name);
    for (const [name, code] of examples) await writeFile(join(project, `src/${name}.ts`), code);
    return () => removeFolder(folder);
  }, 10 * minutes);

  /** What every program prints, by its name. */
  const outputs = async (command: string, args: readonly string[]) => {
    await rm(written, { recursive: true, force: true });
    const printed: Record<string, string> = {};
    for (const name of names) {
      const text = await run(command, [...args, `out/${name}.js`], project);
      printed[name] = text.replaceAll(/Node v?\d+\.\d+\.\d+|node \d+\.\d+\.\d+/gi, "Node");
    }
    return printed;
  };

  test("are these", () => {
    expect(readdirSync(join(project, "node_modules/@mvt"))).toEqual([
      "common",
      "core",
      "datasets",
      "experiments",
      "mgn",
      "relabel",
      "report",
    ]);
  });

  test("come without TensorFlow.js", () => {
    expect(existsSync(join(project, "node_modules/@tensorflow"))).toBe(false);
  });

  test(
    "compile as strict TypeScript, and print the same on Node 20, 22 and 26",
    { timeout: 15 * minutes },
    async () => {
      await run("npx", ["tsc"], project);
      const here = await outputs(process.execPath, []);
      expect(here["half-precision"]).toContain("0.0999755859375");
      expect(here["tensorflow"]).toContain("@tensorflow/tfjs-backend-cpu is not installed");
      expect(here["experiments-1"]).toContain("12 of 12: loss 1.");
      for (const line of [20, 22, 26]) {
        const there = await outputs("npx", ["-y", "-p", `node@${line}`, "node"]);
        expect(there, `Node ${line}`).toEqual(here);
      }
    },
  );
});
