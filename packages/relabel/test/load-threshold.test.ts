/** @file Thresholds from files, folders and packages, and what can go wrong on the way. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CommandLineError } from "@mvt/common";
import { absoluteThresholdSpec, loadThreshold } from "@mvt/relabel";
import { afterAll, describe, expect, test } from "vitest";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "mvt-threshold-")));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const load = (spec: string) => loadThreshold(spec, { from: folder });

/** The message of the CommandLineError that loading ends in, with this machine's folder left out. */
async function complaint(spec: string): Promise<string> {
  const error: unknown = await load(spec).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CommandLineError);
  return error instanceof Error ? error.message.replaceAll(folder, "FOLDER") : "";
}

/** A plain object, as an author without @mvt/relabel writes it; f is slope * P_gt. */
const plain = (name: string) => `export default {
  name: "${name}",
  about: "slope * P_gt",
  parameters: { slope: { default: 2, about: "slope" } },
  f: (pGt, { slope }) => slope * pGt,
};`;

describe("a built-in threshold", () => {
  test("loads by its name, with parameters", async () => {
    const threshold = await load("sigmoid:k=20,x0=0.3");
    expect(threshold).toMatchObject({ name: "sigmoid", parameters: { k: 20, x0: 0.3, scale: 1 } });
    expect(threshold.f(0.3)).toBe(0.5);
  });

  test("is suggested for a name that is nearly right", async () => {
    expect(await complaint("sigmiod:k=3")).toMatchInlineSnapshot(
      `"--threshold sigmiod: expected a built-in name (constant, linear, quadratic, sigmoid), a path that starts with "./", or a package; no package of this name is installed for FOLDER. Did you mean "sigmoid"?"`,
    );
    expect(await complaint("Quadratic")).toContain('Did you mean "quadratic"?');
    expect(await complaint("entropy")).not.toContain("Did you mean");
  });
});

describe("a threshold from a file", () => {
  test.each(["mine.js", "mine.mjs", "sub/mine.mjs"])("loads from %s", async (path) => {
    write("package.json", `{ "type": "module" }`);
    write(path, plain(path));
    for (const spec of [
      `./${path}`,
      path,
      join(folder, path),
      pathToFileURL(join(folder, path)).href,
    ]) {
      const threshold = await load(`${spec}:slope=3`);
      expect(threshold).toMatchObject({ name: path, parameters: { slope: 3 } });
      expect(threshold.f(0.5)).toBe(1.5);
    }
  });

  test("loads from TypeScript", async () => {
    write(
      "typed.ts",
      `const name: string = "typed";\n${plain("x").replace('"x"', "name as string")}`,
    );
    expect(await load("./typed.ts")).toMatchObject({ name: "typed", parameters: { slope: 2 } });
  });

  test("is looked up from the current folder unless told otherwise", async () => {
    await expect(loadThreshold("./typed.ts")).rejects.toThrow(join(process.cwd(), "typed.ts"));
  });

  test("must be there", async () => {
    expect(await complaint("./missing.ts")).toMatchInlineSnapshot(
      `"--threshold ./missing.ts: expected a file at FOLDER/missing.ts, found none. Check the path, or "exports" in package.json."`,
    );
  });

  test.each([
    [
      "no default export",
      "export const f = 1, about = 2;",
      "but it has only about, f. Write export default",
    ],
    ["no exports", "", "but it has no exports"],
    ["a function as default export", "export default (p) => p;", "but it is a function"],
    ["an array as default export", "export default [];", "but it is an array"],
    [
      "no name",
      `export default { about: "", parameters: {}, f: () => 0 };`,
      "but its name is missing, not a text",
    ],
    [
      "no about",
      `export default { name: "x", parameters: {}, f: () => 0 };`,
      "but its about is missing, not a text",
    ],
    [
      "no f",
      `export default { name: "x", about: "", parameters: {} };`,
      "but its f is missing, not a function",
    ],
    [
      "a context that is not true",
      `export default { name: "x", about: "", parameters: {}, context: ["label"], f: () => 0 };`,
      'but its context is ["label"], not true (leave it out for a function of P_gt alone)',
    ],
    [
      "no parameters",
      `export default { name: "x", about: "", f: () => 0 };`,
      "but its parameters are missing, not an object ({} for none)",
    ],
    [
      "a parameter without its default",
      `export default { name: "x", about: "", parameters: { k: 3 }, f: () => 0 };`,
      "but its parameter k is 3, not { default: a number, about: a text }",
    ],
  ])("is refused when it has %s", async (what, text, message) => {
    const path = `wrong/${what.replaceAll(" ", "-")}.mjs`;
    write(path, text);
    const said = await complaint(`./${path}`);
    expect(said).toContain(`--threshold ./${path}: expected the default export of FOLDER/${path}`);
    expect(said).toContain(message);
  });

  test("is named when it throws while loading, and the cause is kept", async () => {
    write("throws.mjs", `throw new Error("no such table");`);
    expect(await complaint("./throws.mjs")).toBe(
      "--threshold ./throws.mjs: loading FOLDER/throws.mjs failed: no such table.",
    );
    await expect(load("./throws.mjs")).rejects.toMatchObject({
      cause: { message: "no such table" },
    });
  });

  test("is checked as the built-in ones are", async () => {
    write("falls.mjs", plain("falls"));
    expect(await complaint("./falls.mjs:slope=-1")).toContain(
      'threshold "falls": f must be nonnegative, but at P_gt = 0.000244140625, slope = -1 it is -0.0002',
    );
    expect(await complaint("./falls.mjs:slop=1")).toContain(
      'there is no parameter "slop"; it has slope. Did you mean "slope"?',
    );
  });
});

describe("a threshold from a folder", () => {
  test.each([
    ["exports as one path", `{ "exports": "./lib/f.mjs" }`],
    ["exports by entry", `{ "exports": { ".": "./lib/f.mjs" } }`],
    ["exports by condition", `{ "exports": { "require": "./no.cjs", "import": "./lib/f.mjs" } }`],
    [
      "exports by entry and condition",
      `{ "exports": { ".": { "types": "./no.d.ts", "default": "./lib/f.mjs" } } }`,
    ],
    ["a list of exports", `{ "exports": { ".": [{ "browser": "./no.js" }, "./lib/f.mjs"] } }`],
    ["main", `{ "main": "lib/f.mjs" }`],
  ])("is found by %s", async (what, packageJson) => {
    const name = what.replaceAll(" ", "-");
    write(`folders/${name}/package.json`, packageJson);
    write(`folders/${name}/lib/f.mjs`, plain(name));
    expect(await load(`./folders/${name}`)).toMatchObject({ name });
  });

  test("must have a package.json with an entry", async () => {
    write("bare/f.mjs", plain("x"));
    expect(await complaint("./bare")).toContain(
      "expected a package.json in the folder FOLDER/bare",
    );
    write("no-entry/package.json", `{ "exports": { "./other": "./f.mjs" } }`);
    expect(await complaint("./no-entry")).toContain('expected "exports" with an entry for "."');
    write("no-file/package.json", `{ "exports": "./gone.ts" }`);
    expect(await complaint("./no-file")).toContain("expected a file at FOLDER/no-file/gone.ts");
    write("no-json/package.json", `{`);
    expect(await complaint("./no-json")).toContain("FOLDER/no-json/package.json: expected JSON");
  });
});

describe("a threshold from a package", () => {
  write(
    "node_modules/@me/steps/package.json",
    `{ "name": "@me/steps", "exports": { ".": "./f.mjs", "./steep": "./steep.mjs" } }`,
  );
  write("node_modules/@me/steps/f.mjs", plain("steps"));
  write("node_modules/@me/steps/steep.mjs", plain("steep"));

  test("loads by its name, from where it is installed", async () => {
    expect(await load("@me/steps:slope=1")).toMatchObject({
      name: "steps",
      parameters: { slope: 1 },
    });
    const below = join(folder, "sub", "deeper");
    expect(await loadThreshold("@me/steps", { from: below })).toMatchObject({ name: "steps" });
    await expect(loadThreshold("@me/steps", { from: tmpdir() })).rejects.toThrow(
      `no package of this name is installed for ${tmpdir()}`,
    );
  });

  test("may have several entries", async () => {
    expect(await load("@me/steps/steep")).toMatchObject({ name: "steep" });
    expect(await complaint("@me/steps/flat")).toContain('an entry for "./flat"');
  });

  test("is taken for a path that lacks its ./ when such a folder is there", async () => {
    write("plain/inner/package.json", `{ "main": "f.mjs" }`);
    expect(await complaint("plain/inner")).toContain("Did you mean ./plain/inner?");
  });
});

describe("the absolute name of a threshold", () => {
  test("is found from every folder, with its parameters", async () => {
    write("with:colon/typed.mjs", plain("typed"));
    const file = pathToFileURL(join(folder, "with:colon", "typed.mjs")).href.replace(
      "h:c",
      "h%3Ac",
    );
    const spec = absoluteThresholdSpec(`${file}:slope=4`, { from: tmpdir() });
    expect(spec).toBe(`${file}:slope=4`);
    write("near/typed.mjs", plain("near"));
    const near = absoluteThresholdSpec("./typed.mjs", { from: join(folder, "near") });
    expect(await loadThreshold(near, { from: tmpdir() })).toMatchObject({ name: "near" });
  });

  test("is that of a package's file, and the name of a built-in one", async () => {
    const steep = absoluteThresholdSpec("@me/steps/steep", { from: folder });
    expect(await loadThreshold(steep, { from: tmpdir() })).toMatchObject({ name: "steep" });
    expect(absoluteThresholdSpec("sigmoid:k=20")).toBe("sigmoid:k=20");
  });
});

/** In a process of its own, since only Node itself resolves and strips types as it does for a user. */
describe("Node, loading a threshold", () => {
  const script = `import { absoluteThresholdSpec, loadThreshold } from "@mvt/relabel";
    loadThreshold(process.argv[1], { from: process.argv[2] }).then(
      ({ name, parameters }) => console.log(JSON.stringify({ name, parameters })),
      (error) => console.log(error.name + ": " + error.message),
    );`;
  const run = (spec: string) =>
    execFileSync(process.execPath, ["--input-type=module", "-e", script, spec, folder], {
      cwd: resolve(import.meta.dirname, ".."),
      encoding: "utf8",
    }).replaceAll(folder, "FOLDER");

  test("runs TypeScript as it is", () => {
    write(
      "stripped.mts",
      `const name: string = "stripped";\n${plain("x").replace('"x"', "name as string")}`,
    );
    expect(run("./stripped.mts:slope=4")).toBe('{"name":"stripped","parameters":{"slope":4}}\n');
  });

  test("says what to do about an import of @mvt/relabel that it can not resolve", () => {
    write("importing.mjs", `import { defineThreshold } from "@mvt/relabel"; ${plain("x")}`);
    expect(run("./importing.mjs")).toMatchInlineSnapshot(`
      "CommandLineError: --threshold ./importing.mjs: loading FOLDER/importing.mjs failed: Cannot find package '@mvt/relabel' imported from FOLDER/importing.mjs. Put the file inside the repository, or export a plain object and drop the import.
      "
    `);
  });

  test("says what to do about syntax that is more than types", () => {
    write("enum.mts", `enum Kind { A }\n${plain("x")}`);
    expect(run("./enum.mts")).toMatchInlineSnapshot(`
      "CommandLineError: --threshold ./enum.mts: loading FOLDER/enum.mts failed at line 1: TypeScript enum is not supported in strip-only mode. Node only strips types: use no enum, namespace or parameter property.
      "
    `);
  });

  test("says at which line a plugin threw", () => {
    write("second.mjs", `\nthrow new Error("no such table");`);
    expect(run("./second.mjs")).toContain("second.mjs failed at line 2: no such table.");
  });

  test("says where the syntax is wrong, or how to find out", () => {
    write("wrong.mts", `const a = 1;\nconst b: = 2;`);
    expect(run("./wrong.mts")).toContain("loading FOLDER/wrong.mts failed at line 2: Unexpected");
    write("wrong.mjs", `const a b;`);
    expect(run("./wrong.mjs")).toContain("Run node --check FOLDER/wrong.mjs to see where.");
  });

  test("says what to do about a package that ships TypeScript", () => {
    write("node_modules/shipped/package.json", `{ "name": "shipped", "exports": "./f.mts" }`);
    write("node_modules/shipped/f.mts", plain("x"));
    expect(run("shipped")).toContain("Publish JavaScript");
  });
});
