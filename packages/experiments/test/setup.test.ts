/** @file `pnpm exp setup tensorflow` with stand-ins for npm, pip and g++, which write down how they were called. */
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { addonPath, installFakeTensorflow } from "@mvt/testing/fake-tensorflow";
import { runCommand } from "@mvt/testing/command-line";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";

/** What each stand-in does, as a program of Node: `args`, and `put(file, text)` in the current folder. */
const programs = {
  npm: `if (args[0] === "install") {
    fs.cpSync(process.env.STAND_IN, "node_modules/@tensorflow/tfjs-node", { recursive: true });
    put("node_modules/node-api-headers/package.json", '{ "version": "1.9.0" }');
  }`,
  python3: `if (args[2] === "download") put(args[args.indexOf("--dest") + 1] + "/tensorflow_cpu.whl");
  if (args[0].endsWith("unpack_wheel.py")) put(args[2] + "/libtensorflow_cc.so.2");`,
  "g++": `if (args[0] !== "--version") put(args.at(-1));`,
} as const;

/** A folder to work in, with the stand-ins in a folder of their own that is the whole PATH. */
async function machine(without?: keyof typeof programs) {
  const folder = await temporaryFolder(onTestFinished);
  const bin = await temporaryFolder(onTestFinished);
  const fake = await installFakeTensorflow(bin, { addon: false });
  const log = join(bin, "log");
  await writeFile(log, "");
  for (const [name, program] of Object.entries(programs)) {
    if (name === without) continue;
    const path = join(bin, name);
    await writeFile(
      path,
      `#!${process.execPath}
const fs = require("fs"), path = require("path"), args = process.argv.slice(2);
const put = (file, text = "") => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
};
fs.appendFileSync(${JSON.stringify(log)}, ["${name}", ...args].join(" ") + "\\n");
if (args.includes("--fail")) { console.error("no such index"); process.exit(3); }
${program}`,
    );
    await chmod(path, 0o755);
  }
  const variables = { PATH: bin, STAND_IN: fake };
  return {
    folder,
    setup: (...args: readonly string[]) =>
      runCommand(["setup", "tensorflow", ...args], folder, variables),
    /** How the tools were called since the last time, but for being asked for their version. */
    calls: async () => {
      const lines = (await readFile(log, "utf8")).replaceAll(folder, "DIR").split("\n");
      await writeFile(log, "");
      return lines.filter((line) => line !== "" && !line.endsWith(" --version"));
    },
  };
}

describe.skipIf(process.platform !== "linux")("setup tensorflow", { timeout: 60_000 }, () => {
  test("says what it would do, and does nothing", async () => {
    const { folder, setup, calls } = await machine();
    const { exitCode, stdout } = await setup();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^npm .*\npip .*MB.*\ng\+\+ .*\ninto .*\.tensorflow, and nowhere else/);
    expect(stdout).toMatch(/Nothing was done\. Repeat the command with --yes to do it\.\n$/);
    expect(await calls()).toEqual([]);
    expect(await filesBelow(folder)).toEqual([]);
  });

  test("installs, downloads, unpacks and compiles into one folder, and computes", async () => {
    const { folder, setup, calls } = await machine();
    const { exitCode, stdout } = await setup("--yes", "--pip-args=--index-url URL");
    expect(stdout).toMatch(/works: @tensorflow\/tfjs-node 4\.22\.0 \(TensorFlow 2\.0\.0\), cpu\n$/);
    expect(exitCode).toBe(0);
    const [npm, pip, unpack, compile, ...more] = await calls();
    expect(npm).toMatch(
      /^npm install --ignore-scripts .*@tensorflow\/tfjs-node@4\.22\.0 node-api-headers@1\.9\.0$/,
    );
    expect(pip).toMatch(
      /^python3 -m pip download --no-deps .*--index-url URL tensorflow.*==2\.21\.\*$/,
    );
    expect(unpack).toMatch(/^python3 .*unpack_wheel\.py .*\.whl /);
    expect(compile).toMatch(/^g\+\+ .*tfjs_binding\.cc .*-rpath,\$ORIGIN.*libtensorflow /);
    expect(more).toEqual([]);
    const files = await filesBelow(folder);
    expect(files.filter((file) => !file.startsWith(".tensorflow"))).toEqual([]);
    expect(files.filter((file) => /unfinished|\.whl/.test(file))).toEqual([]);
  });

  test("does only what is missing when it is repeated", async () => {
    const { folder, setup, calls } = await machine();
    await setup("--yes");
    await calls();
    expect((await setup("--yes")).stdout).toMatch(/already there[^]*works: /);
    expect(await calls()).toEqual([]);
    await rm(join(folder, ".tensorflow/node_modules/@tensorflow/tfjs-node", addonPath));
    await setup("--yes");
    expect((await calls()).map((call) => call.split(" ")[0])).toEqual(["g++"]);
  });

  test.for([
    ["npm", "npm", "It comes with Node: put the machine's own Node on the PATH."],
    [
      "python3",
      "python3 -m pip",
      "Install Python 3 with pip (Debian: apt-get install python3-pip), or name another with --python.",
    ],
    ["g++", "g++", "Install a C++ compiler (Debian: apt-get install g++)."],
  ] as const)(
    "says what to install where there is no %s, before it begins",
    async ([name, command, advice]) => {
      const { folder, setup } = await machine(name);
      const { exitCode, stderr } = await setup("--yes");
      expect(stderr).toBe(
        `error: setup tensorflow: expected \`${command}\`, but \`${command} --version\` is not there. ${advice}\n`,
      );
      expect(exitCode).toBe(1);
      expect(await filesBelow(folder)).toEqual([]);
    },
  );

  test("shows what a tool said that failed, and leaves nothing half done", async () => {
    const { folder, setup } = await machine();
    await mkdir(join(folder, ".tensorflow/unfinished"), { recursive: true });
    const { exitCode, stderr } = await setup("--yes", "--pip-args=--fail");
    expect(stderr).toMatch(/`python3 -m pip download .*` failed with 3:\n {2}no such index\n$/);
    expect(exitCode).toBe(1);
    const files = await filesBelow(folder);
    expect(files.filter((file) => /unfinished|libtensorflow/.test(file))).toEqual([]);
  });
});
