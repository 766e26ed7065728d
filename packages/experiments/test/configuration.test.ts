/** @file Options from a configuration file: what it may hold, what wins, and what is wrong with it. */
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CommandLineError } from "@mvt/common";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseEntries } from "../src/cli/configuration-file.ts";
import { effectiveConfiguration, withConfiguration } from "../src/cli/configuration.ts";
import { defineCommand } from "../src/cli/command.ts";
import type { Command } from "../src/cli/command.ts";

const module = defineCommand({
  options: {
    scale: { choices: ["smoke", "quick"] },
    seed: { type: "number", default: 0 },
    set: { type: "string", array: true, default: [] as string[] },
    threshold: { type: "string", array: true, default: [] as string[] },
    "relabel-start": { type: "number" },
    wait: { type: "boolean" },
    "no-wait": { type: "boolean" },
  },
  positionals: { action: { choices: ["list", "show"] } },
  examples: [],
  run: async () => {},
});
const commands: readonly Command[] = [
  { name: "study <action>", about: "", load: async () => module },
];

/** The words of "study list ARGS --config FILE" with what the file adds, where the file holds `text`. */
async function wordsWith(
  text: string,
  typed: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const folder = await temporaryFolder(onTestFinished);
  const path = join(folder, "study.yaml");
  await writeFile(path, text);
  const args = ["study", "list", ...typed, "--config", path];
  const configured = await withConfiguration(args, commands, variables);
  return configured.args.filter((word) => word !== "--config" && word !== path);
}

describe("a configuration file", () => {
  test("gives flags as they would be typed, behind the command and its positionals", async () => {
    expect(await wordsWith("scale: smoke\nseed: 3\n")).toEqual([
      "study",
      "list",
      "--scale=smoke",
      "--seed=3",
    ]);
  });

  test("keeps a value the text that was written", async () => {
    const entries = await parseEntries(
      "a: 0123\nb: 3e12\nc: 1e-4\nd: no\ne: 2026-11-28\n",
      "x.yaml",
    );
    expect([...entries.values()]).toEqual(["0123", "3e12", "1e-4", "no", "2026-11-28"]);
  });

  test("may be JSON", async () => {
    expect(await wordsWith('{"seed": 3, "threshold": ["linear"]}')).toEqual([
      "study",
      "list",
      "--seed=3",
      "--threshold=linear",
    ]);
  });

  test("may be empty", async () => {
    expect(await wordsWith("# nothing yet\n")).toEqual(["study", "list"]);
  });

  test("repeats an option that may be repeated", async () => {
    expect(await wordsWith("threshold: [linear, './my.ts']")).toEqual([
      "study",
      "list",
      "--threshold=linear",
      "--threshold=./my.ts",
    ]);
  });

  test("nests settings, and their lists are values", async () => {
    const nested = "set: {epochs: 3, adamw: {betas: [0.9, 0.98]}, mgn: {sgd: {clipNorm: 1}}}";
    expect(await wordsWith(nested)).toEqual([
      "study",
      "list",
      "--set=epochs=3",
      "--set=adamw.betas=[0.9,0.98]",
      "--set=mgn.sgd.clipNorm=1",
    ]);
  });

  test("takes settings as they are typed, too", async () => {
    expect(await wordsWith("set: [epochs=3, adamw.weightDecay=0]")).toEqual([
      "study",
      "list",
      "--set=epochs=3",
      "--set=adamw.weightDecay=0",
    ]);
  });

  test.each([
    [
      ["--seed", "4"],
      ["--scale=smoke", "--seed", "4"],
    ],
    [["--seed=4"], ["--scale=smoke", "--seed=4"]],
  ])("gives way to a flag: %s", async (typed, words) => {
    expect(await wordsWith("scale: smoke\nseed: 3\n", typed)).toEqual(["study", "list", ...words]);
  });

  test("gives way to the opposite of a flag", async () => {
    expect(await wordsWith("wait: true", ["--no-wait"])).toEqual(["study", "list", "--no-wait"]);
  });

  test("gives way to --set setting by setting", async () => {
    const text = "set: {epochs: 3, adamw: {weightDecay: 0}}";
    expect(await wordsWith(text, ["--set", "epochs=5"])).toEqual([
      "study",
      "list",
      "--set=adamw.weightDecay=0",
      "--set",
      "epochs=5",
    ]);
  });

  test("is named by MVT_CONFIG where no flag names one", async () => {
    const folder = await temporaryFolder(onTestFinished);
    await writeFile(join(folder, "mine.json"), '{"seed": 5}');
    const variables = { MVT_CONFIG: join(folder, "mine.json") };
    const { args } = await withConfiguration(["study", "list"], commands, variables);
    expect(args).toEqual(["study", "list", "--seed=5"]);
    expect(await wordsWith("seed: 6", [], variables)).toContain("--seed=6");
  });
});

describe("the effective configuration", () => {
  const effective = (parsed: object, variables: Readonly<Record<string, string>> = {}) =>
    effectiveConfiguration(module, { ...parsed }, ["study", "list", undefined], variables);

  test("is a file for --config with what differs from the defaults", async () => {
    const text = await effective({
      seed: 3,
      scale: "smoke",
      set: ["epochs=3"],
      threshold: [],
    }).text();
    expect(text).toBe(
      "# pnpm exp study list --config FILE\nscale: smoke\nseed: 3\nset:\n  - epochs=3\n",
    );
    expect([...(await parseEntries(text, "x.yaml")).keys()]).toEqual(["scale", "seed", "set"]);
  });

  test("is a file for --config where nothing differs", async () => {
    const text = await effective({ seed: 0, set: [], threshold: [] }).text();
    expect(text).toBe("# pnpm exp study list --config FILE\n");
    expect(await parseEntries(text, "x.yaml")).toEqual(new Map());
  });

  test("knows whether the command line shows all of it", () => {
    expect(effective({ seed: 3 })).toMatchObject({ beyondCommandLine: false });
    expect(effective({ seed: 3, config: "x.yaml" })).toMatchObject({ beyondCommandLine: true });
    expect(effective({ seed: 3 }, { MVT_SEED: "3" })).toMatchObject({ beyondCommandLine: true });
    expect(effective({ seed: 0 }, { MVT_WAIT: "1" })).toMatchObject({ beyondCommandLine: false });
  });
});

describe("--show-config", () => {
  test("prints what flags, the file and the environment say, in this order", async () => {
    const folder = await temporaryFolder(onTestFinished);
    await file("study.ts", "export default { seed: 3, set: { epochs: 2 } } as const;\n")(folder);
    const args = ["train", "--config", "study.ts", "--set", "batchSize=16", "--show-config"];
    const finished = await runCommand(args, folder, { MVT_SEED: "9", MVT_SCALE: "smoke" });
    expect(finished).toEqual({
      exitCode: 0,
      stdout:
        "# pnpm exp train --config FILE\nscale: smoke\nset:\n  - epochs=2\n  - batchSize=16\nseed: 3\n",
      stderr: "",
    });
  });
});

describe("a configuration file refuses", () => {
  const mistake = async (text: string, name = "study.yaml") => {
    const folder = await temporaryFolder(onTestFinished);
    await file(name, text)(folder);
    const args = ["study", "list", "--config", join(folder, name)];
    const error: unknown = await withConfiguration(args, commands, {}).catch((refused) => refused);
    expect(error).toBeInstanceOf(CommandLineError);
    return (error as Error).message.replaceAll(folder, "DIR");
  };

  test.each([
    [
      "an option that there is not, naming the nearest one",
      "sead: 3",
      'there is no option sead of `study`. Did you mean "seed"? `pnpm exp study --help` lists the options.',
    ],
    [
      "another file in it",
      "config: other.yaml",
      "there is no option config of `study`. `pnpm exp study --help` lists the options.",
    ],
    ["no value", "seed:", "seed: expected a value, got none."],
    [
      "a list where one value is taken",
      "scale: [smoke, quick]",
      "scale: expected one value, as behind a flag, got a list. If it takes several, separate them by commas.",
    ],
    [
      "a mapping that is no setting",
      "seed: {a: 1}",
      "seed: expected one value, as behind a flag, got a mapping.",
    ],
    ["another word for true", "wait: yes", "wait: expected true or false, got yes."],
    [
      "a name that is there twice, naming the line",
      "scale: smoke\nseed: 1\nseed: 2",
      "expected YAML or JSON, but line 3: Map keys must be unique.",
    ],
    [
      "a list instead of options",
      "- scale",
      "expected options and their values, such as scale: quick, got a list.",
    ],
    [
      "aliases beyond all bounds",
      `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: [*c, *c, *c, *c, *c, *c, *c, *c, *c]`,
      "expected YAML or JSON, but Excessive alias count indicates a resource exhaustion attack.",
    ],
  ])("%s", async (_, text, message) => {
    expect(await mistake(`${text}\n`)).toBe(`DIR/study.yaml: ${message}`);
  });

  test.each([
    [
      "without options",
      "export const scale = 3;",
      'expected the default export to be an object of options. Write export default { scale: "quick" }.',
    ],
    [
      "that throws",
      'throw new Error("no licence");',
      "expected a module, but loading it failed: no licence.",
    ],
    [
      "with a value that nobody could type",
      "export default { seed: null };",
      "seed: expected a text, a number, true or false, got null. Leave it out for the default.",
    ],
  ])("a module %s", async (_, text, message) => {
    expect(await mistake(`${text}\n`, "study.ts")).toBe(`DIR/study.ts: ${message}`);
  });

  test("another format", async () => {
    expect(await mistake("seed = 3\n", "study.toml")).toBe(
      "--config DIR/study.toml: expected a file whose name ends in one of .yaml, .yml, .json, .ts, .js, .mjs. Rename it.",
    );
  });

  test("to be missing", async () => {
    const args = ["study", "list", "--config=none.yaml"];
    await expect(withConfiguration(args, commands, {})).rejects.toThrow(
      `--config none.yaml: expected a file, found none at ${resolve("none.yaml")}. Check the path.`,
    );
  });
});

describe("values of a configuration file", () => {
  const config = (text: string) => file("study.yaml", text);
  const args = "train --config study.yaml";
  refuses([
    {
      what: "are checked as those of flags are, and named by file and key",
      given: config("seed: 1.5\n"),
      args,
      exitCode: 2,
      stderr: "study.yaml: seed 1.5: expected a whole number of at least 0.",
    },
    {
      what: "are checked as settings are",
      given: config("scale: smoke\nset: {epochs: 0}\n"),
      args,
      exitCode: 2,
      stderr: "study.yaml: set epochs=0: epochs: Too small: expected number to be >0.",
    },
  ]);
});
