/**
 * @file What README, CONTRIBUTING, SECURITY and docs name exists: commands, flags, settings, identifiers, files. So does
 * what help and error messages advise.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { benchCommand } from "@mvt/bench";
import { scales, settings, settingVariants } from "@mvt/experiments";
import { commands as ownCommands } from "@mvt/experiments/cli";
import { commandProblem, flagProblem, flagsOf, nameOf, wordsOf } from "./commands.ts";
import { anchorsOf, codeLines, inlineCode, localLinks } from "./markdown.ts";
import type { CodeText } from "./markdown.ts";
import { pathsBelow, readAll, resolveFrom, root } from "./repository.ts";
import type { RepositoryFile } from "./repository.ts";
import { settingProblem, settingsIn } from "./settings.ts";
import { declaredNames, identifierIn, readSource } from "./source-text.ts";

const paths = [
  ...["apps", "docs", "packages", "plugins", "testing"].flatMap(pathsBelow),
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"].filter((path) => existsSync(join(root, path))),
];
/** Decisions say what was so when they were taken: only their links must lead somewhere. */
const withLinks = readAll(paths.filter((path) => path.endsWith(".md")));
const documents = withLinks.filter(({ path }) => !path.startsWith("docs/decisions/"));
const sources = readAll(
  paths.filter((path) => /\.(?:ts|py)$/.test(path) && !path.includes("/test/")),
);
const packageSources = sources
  .filter(({ path }) => /^(?:packages|apps)\/[^/]+\/(?:src|publish)\/.*\.ts$/.test(path))
  .filter(({ path }) => !path.endsWith("_pb.js"))
  .map(({ path, text }) => ({ path, ...readSource(text) }));
/** Scripts of the root and of the packages. */
const scripts: ReadonlySet<string> = new Set(
  readAll(["package.json", ...paths.filter((path) => path.endsWith("/package.json"))]).flatMap(
    ({ text }) => Object.keys((JSON.parse(text) as { scripts?: object }).scripts ?? {}),
  ),
);
const commands = [...ownCommands, benchCommand];
const declared = new Map(
  await Promise.all(
    commands.map(async (command) => [nameOf(command), await flagsOf(command)] as const),
  ),
);
const flags = new Set(["help", ...[...declared.values()].flatMap(({ names }) => names)]);

/** Flags of other programs: npm, pip, node, vitest, TensorBoard. */
const otherFlags = new Set([
  "logdir",
  "index-url",
  "ignore-scripts",
  "pack-destination",
  "prefix",
  "check",
  "test",
  "project",
  "tags-filter",
  "timm",
  "filter",
  "force",
  "version",
  "onnxruntime-node-install",
]);

/** Names of other libraries and of systems, which prose may use without their module. */
const otherNames = new Set([
  "autoOrient",
  "GradScaler",
  "VmHWM",
  "OrderedDict",
  "sendBeacon",
  "VisionTransformer",
  "shaderSampledImageArrayDynamicIndexing",
]);
const otherModules = /^(?:torch|tf|timm|F|np|nn|Image|optax|safetensors|onnxruntime)\./;

/** What is wrong with the code texts of every document, as "docs/guides/data.md:12: ...". */
async function problemsOf(
  files: readonly RepositoryFile[],
  find: (text: string) => readonly CodeText[],
  problem: (text: string, file: string) => Promise<string | undefined> | string | undefined,
): Promise<readonly string[]> {
  const all = files.flatMap((file) =>
    find(file.text).map((code) => ({ ...code, file: file.path })),
  );
  const found = await Promise.all(
    all.map(async ({ file, line, text }) => {
      const what = await problem(text, file);
      return what === undefined ? [] : [`${file}:${line}: ${text}: ${what}`];
    }),
  );
  return found.flat();
}

const expCommand = /(?:^|[;&(|]\s*|\bdo\s+)(?:[A-Z_]+=\S*\s+)*(?:npx -y pnpm@12|pnpm) exp (.*)$/;

/** "pnpm exp train --seed 1", within a line of a shell. */
function expWords(line: string): readonly string[] | undefined {
  const [, rest] = expCommand.exec(line) ?? [];
  return rest === undefined ? undefined : wordsOf(rest);
}

const start = { ...scales.paper.training, mgn: scales.paper.mgn };

describe("the documentation", () => {
  test("shows commands that parse", async () => {
    const problems = await problemsOf(documents, codeLines, (text) => {
      const words = expWords(text);
      return words && commandProblem(words, commands, { complete: true });
    });
    expect(problems).toEqual([]);
  });

  test("names commands in passing that parse", async () => {
    const problems = await problemsOf(documents, inlineCode, (text) => {
      const [name = ""] = wordsOf(text);
      const words = expWords(text) ?? (declared.has(name) && / --/.test(text) && wordsOf(text));
      return words ? commandProblem(words, commands, { complete: false }) : undefined;
    });
    expect(problems).toEqual([]);
  });

  test("names flags, and values of flags, that some command takes", async () => {
    const problems = await problemsOf(documents, inlineCode, (text) => {
      const [, name] = /^--([a-z][\w-]*)/.exec(text) ?? [];
      if (name === undefined || otherFlags.has(name)) return undefined;
      const takers = [...declared.values()].filter(({ names }) => names.includes(name));
      const found = takers.map((one) => flagProblem(wordsOf(text), one));
      return takers.length > 0 && found.includes(undefined)
        ? undefined
        : (found[0] ?? "no command takes it");
    });
    expect(problems).toEqual([]);
  });

  test("names settings that --set takes", async () => {
    const problem = (text: string) =>
      settingsIn(text)
        .flatMap((assignment) => settingVariants([assignment]).flatMap((one) => one.assignments))
        .map((assignment, i, all) => settingProblem(settings, start, assignment, all.slice(0, i)))
        .find((one) => one !== undefined);
    expect(await problemsOf(documents, codeLines, problem)).toEqual([]);
    expect(await problemsOf(documents, inlineCode, problem)).toEqual([]);
  });

  test("names functions and types that the sources declare", async () => {
    const names = new Set(
      sources.flatMap(({ path, text }) => {
        if (path.endsWith(".py")) return [...text.matchAll(/\w+/g)].map(([word]) => word);
        const { code, texts } = readSource(text);
        // Operators, files' keys and environment variables are texts in the sources.
        return [...declaredNames(code), ...texts.map((one) => one.text)];
      }),
    );
    const problems = await problemsOf(documents, inlineCode, (text) => {
      const name = identifierIn(text);
      if (name === undefined || otherModules.test(text) || otherNames.has(name)) return undefined;
      return names.has(name) ? undefined : "no source declares it";
    });
    expect(problems).toEqual([]);
  });

  test("names files that are there", async () => {
    const problems = await problemsOf(documents, inlineCode, (text, file) => {
      const isPath = /^[\w@.-]+(?:\/[\w@.*-]+)+\/?$|^[\w.-]+\.(?:ts|py)$/.test(text);
      const ofRoot = /^(?:apps|packages|plugins|docs|testing|\.ci|\.github)\//.test(text);
      const isSource = /\.(?:ts|py)$/.test(text) && !/^(?:my-|\.)|NAME/.test(text);
      if (!isPath || !(ofRoot || isSource)) return undefined;
      if (ofRoot) {
        const [folder] = text.split(/\*|\/[^/]*NAME/);
        return existsSync(join(root, folder!)) ? undefined : "there is no such file";
      }
      if (existsSync(join(root, resolveFrom(file, text))) || existsSync(join(root, text))) {
        return undefined;
      }
      return paths.some((path) => path.endsWith(`/${text}`)) ? undefined : "there is no such file";
    });
    expect(problems).toEqual([]);
  });

  test("links to files and headings that are there", async () => {
    const problems = await problemsOf(withLinks, localLinks, (text, file) => {
      const [path, anchor] = text.split("#");
      const target = path === "" ? file : resolveFrom(file, path!);
      if (!existsSync(join(root, target))) return "there is no such file";
      if (anchor === undefined) return undefined;
      return anchorsOf(readAll([target])[0]!.text).has(anchor)
        ? undefined
        : "there is no such heading";
    });
    expect(problems).toEqual([]);
  });

  test("names scripts of package.json, and environment variables that are read", async () => {
    const builtIn = new Set(["exec", "install", "pack", "add", "audit", "changeset"]);
    const code = readAll(paths.filter((path) => path.endsWith(".ts")))
      .map(({ text }) => text)
      .join("\n");
    const problem = (text: string) => {
      const [, script] = /(?:^|\s)(?:npx -y pnpm@12|pnpm) ([a-z][\w:]*)/.exec(text) ?? [];
      if (script !== undefined && !builtIn.has(script) && !scripts.has(script)) {
        return `no package.json has a script ${script}`;
      }
      return [...text.matchAll(/\bMVT_[A-Z_]+/g)]
        .map(([variable]) => variable)
        .filter((name) => !flags.has(name.slice(4).toLowerCase().replaceAll("_", "-")))
        .filter((name) => !code.includes(name))
        .map((name) => `nothing reads ${name}`)[0];
    };
    expect(await problemsOf(documents, codeLines, problem)).toEqual([]);
    expect(await problemsOf(documents, inlineCode, problem)).toEqual([]);
  });
});

test("every package tests itself: the project in its script is its folder, also where it is a copy of another", () => {
  const packages = paths.filter((path) =>
    /^(?:apps|packages|plugins)\/[^/]+\/package\.json$/.test(path),
  );
  const wrong = readAll(packages).flatMap(({ path, text }) => {
    const script = (JSON.parse(text) as { scripts?: { test?: string } }).scripts?.test ?? "";
    const [, project] = /--project (\S+)/.exec(script) ?? [];
    return project === path.split("/")[1] ? [] : [`${path}: --project ${project}`];
  });
  expect(wrong).toEqual([]);
});

test("CITATION.cff has the version and licence of package.json", () => {
  const [citation, manifest] = readAll(["CITATION.cff", "package.json"]).map(({ text }) => text);
  const { version, license } = JSON.parse(manifest!) as Record<"version" | "license", string>;
  expect(citation).toContain(`\nversion: ${version}\n`);
  expect(citation).toContain(`\nlicense: ${license}\n`);
});

describe("help and messages of the sources", () => {
  const texts = packageSources.flatMap(({ path, texts: found }) =>
    found.filter(({ text }) => text.includes(" ")).map((text) => ({ path, ...text })),
  );
  const where = ({ path, line }: { readonly path: string; readonly line: number }) =>
    `${path}:${line}`;

  test("show examples that parse", async () => {
    const examples = await Promise.all(
      commands.map(async ({ load }) => (await load()).examples.map(([line]) => line)),
    );
    const found = await Promise.all(
      [...new Set(examples.flat())].map(async (line) => {
        const problem = await commandProblem(wordsOf(line), commands, { complete: true });
        return problem === undefined ? [] : [`${line}: ${problem}`];
      }),
    );
    expect(examples.flat().length).toBeGreaterThan(20);
    expect(found.flat()).toEqual([]);
  });

  test("advise commands and flags that exist", () => {
    const style = "packages/report/src/html/style.ts"; // what looks like flags are properties of CSS
    const found = texts
      .filter(({ path }) => path !== style)
      .flatMap((one) => [
        ...[...one.text.matchAll(/pnpm exp ([a-z][a-z0-9-]*)/g)]
          .filter(([, name]) => !declared.has(name!))
          .map(([, name]) => `${where(one)}: there is no command ${name}`),
        ...[...one.text.matchAll(/(?<![\w-])--([a-z][\w-]*)/g)]
          .filter(([, name]) => !flags.has(name!) && !otherFlags.has(name!))
          .map(([, name]) => `${where(one)}: there is no flag --${name}`),
      ]);
    expect(found).toEqual([]);
  });

  test("never ask a user to edit a source file", () => {
    const ours = new Set(packageSources.map(({ path }) => basename(path)));
    ours.delete("index.ts"); // of a plugin, too
    const found = texts.flatMap((one) =>
      [...one.text.matchAll(/[\w.-]+\.ts\b/g)]
        .filter(([name]) => ours.has(name))
        .map(([name]) => `${where(one)}: names ${name}`),
    );
    expect(found).toEqual([]);
  });
});
