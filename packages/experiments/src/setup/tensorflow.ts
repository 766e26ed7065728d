/**
 * @file Builds tfjs-node's addon against a current TensorFlow, in a folder of its own.
 *
 * The package's own script downloads libtensorflow 2.9.1 of 2022, from hosts that many machines do not reach;
 * the wheel of today's TensorFlow holds the same C interface. Node-API does not change from one Node to the next,
 * so neither node-gyp nor Node's headers are needed.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "@mvt/common";
import { findTfjsPackage, ops, tfjsBackend } from "@mvt/core";
import { requireTools, runTool } from "./tool.ts";
import type { Tool } from "./tool.ts";

/** What was tried together, on 2026-11-25. */
const versions = { tfjs: "4.22.0", headers: "1.9.0", tensorflow: "2.21" } as const;

export interface TensorflowSetup {
  /** Everything goes here. */
  readonly folder: string;
  /** TensorFlow with CUDA. */
  readonly gpu: boolean;
  /** The Python whose pip downloads. */
  readonly python: string;
  /** Further arguments of `pip download`. */
  readonly pipArguments: readonly string[];
}

/** What differs with `gpu`; sizes in MB as of TensorFlow 2.21. */
function variantOf(gpu: boolean) {
  // TensorFlow publishes the smaller wheel without CUDA for x64 alone.
  const cpuWheel = process.arch === "x64" ? "tensorflow-cpu" : "tensorflow";
  return gpu
    ? ({ engine: "node-gpu", wheel: "tensorflow", library: "libtensorflow-gpu" } as const)
    : ({ engine: "node", wheel: cpuWheel, library: "libtensorflow" } as const);
}

/** What `setUpTensorflow` is about to do, one line each. */
export function describeSetup({ folder, gpu, python }: TensorflowSetup): readonly string[] {
  const { engine, wheel, library } = variantOf(gpu);
  const { name } = findTfjsPackage(engine);
  return [
    `npm     ${name} ${versions.tfjs} and node-api-headers ${versions.headers} from your npm registry, with all they need: about 60 MB, 300 MB unpacked; no install scripts`,
    `pip     ${wheel} ${versions.tensorflow} from the package index of ${python}: ${gpu ? "about 600 MB" : "270 MB"}, of which the library (${gpu ? "over 1 GB" : "850 MB"}) and its headers are kept in ${join(folder, library)}`,
    `g++     compiles the addon, in some ten seconds`,
    `into    ${folder}, and nowhere else; remove that folder to undo it`,
  ];
}

/**
 * Does what is not done yet, then computes something. Returns the engine's name. Throws UserError where a tool
 * is missing or fails; what is complete by then is kept.
 */
export async function setUpTensorflow(
  setup: TensorflowSetup,
  say: (line: string) => void,
): Promise<string> {
  const { folder, gpu, python } = setup;
  if (process.platform !== "linux") {
    throw new UserError(
      `setup tensorflow: expected Linux, got ${process.platform}. \`npm install --prefix ${folder} ${findTfjsPackage(variantOf(gpu).engine).name}\` brings the package with its own TensorFlow 2.9, where its hosts are reached.`,
    );
  }
  await requireTools("setup tensorflow", toolsOf(python));
  await mkdir(folder, { recursive: true });
  await installPackages(setup, say);
  const isNew = await unpackLibrary(setup, say);
  await compileAddon(setup, isNew, say);
  say("computing something");
  return computeSomething(setup);
}

function toolsOf(python: string): readonly Tool[] {
  return [
    { command: ["npm"], advice: "It comes with Node: put the machine's own Node on the PATH." },
    {
      command: [python, "-m", "pip"],
      advice:
        "Install Python 3 with pip (Debian: apt-get install python3-pip), or name another with --python.",
    },
    { command: ["g++"], advice: "Install a C++ compiler (Debian: apt-get install g++)." },
  ];
}

async function installPackages(
  { folder, gpu }: TensorflowSetup,
  say: (line: string) => void,
): Promise<void> {
  const { name } = findTfjsPackage(variantOf(gpu).engine);
  const wanted = { [name]: versions.tfjs, "node-api-headers": versions.headers };
  const isThere = Object.entries(wanted).every(([each, version]) => {
    const manifest = join(folder, "node_modules", each, "package.json");
    return existsSync(manifest) && versionIn(manifest) === version;
  });
  if (isThere) return say(`${name}: already there`);
  say(`installing ${name}`);
  // With a manifest of its own, npm does not look for one further up.
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) await writeFile(manifest, '{ "private": true }\n');
  const packages = Object.entries(wanted).map(([each, version]) => `${each}@${version}`);
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await runTool("setup tensorflow", ["npm", "install", ...flags, ...packages], folder);
}

function versionIn(manifest: string): string {
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version;
}

/** Whether the library was not there before. */
async function unpackLibrary(
  { folder, gpu, python, pipArguments }: TensorflowSetup,
  say: (line: string) => void,
): Promise<boolean> {
  const { wheel, library } = variantOf(gpu);
  const place = join(folder, library);
  if (existsSync(place)) {
    say(`${place}: already there`);
    return false;
  }
  say(`downloading ${wheel} ${versions.tensorflow}`);
  const unfinished = join(folder, "unfinished");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  try {
    const wanted = ["--no-deps", "--only-binary=:all:", "--dest", unfinished];
    const pip = [python, "-m", "pip", "download", ...wanted, ...pipArguments] as const;
    const requirement = `${wheel}==${versions.tensorflow}.*`;
    await runTool("setup tensorflow", [...pip, requirement], folder);
    const [downloaded] = (await readdir(unfinished)).filter((file) => file.endsWith(".whl"));
    const unpacked = join(unfinished, "unpacked");
    const script = join(import.meta.dirname, "unpack_wheel.py");
    say("unpacking the library and its headers");
    await runTool(
      "setup tensorflow",
      [python, script, join(unfinished, downloaded!), unpacked],
      folder,
    );
    await rename(unpacked, place);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return true;
}

async function compileAddon(
  { folder, gpu }: TensorflowSetup,
  isNewLibrary: boolean,
  say: (line: string) => void,
): Promise<void> {
  const { engine, library } = variantOf(gpu);
  const { name, installed } = findTfjsPackage(engine, folder);
  if (installed!.complete && !isNewLibrary) return say(`the addon of ${name}: already there`);
  say(`compiling the addon of ${name}`);
  const { path } = installed!;
  const addon = join(path, "lib/napi-v8/tfjs_binding.node");
  await mkdir(dirname(addon), { recursive: true });
  const place = join(folder, library);
  const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
  await runTool(
    "setup tensorflow",
    [
      "g++",
      "-std=c++17",
      "-O2",
      "-fPIC",
      "-shared",
      "-DNAPI_VERSION=8",
      `-I${join(folder, "node_modules/node-api-headers/include")}`,
      `-I${join(place, "include")}`,
      ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(path, "binding", file)),
      ...libraries.map((file) => join(place, file)),
      // From lib/napi-v8 of node_modules/@tensorflow/NAME, so that the folder may be moved.
      `-Wl,-rpath,$ORIGIN/../../../../../${library}`,
      "-o",
      `${addon}.unfinished`,
    ],
    folder,
  );
  await rename(`${addon}.unfinished`, addon);
}

/** The engine's name, once it has added 1 and 2. */
async function computeSomething({ folder, gpu }: TensorflowSetup): Promise<string> {
  const { engine } = variantOf(gpu);
  const backend = await tfjsBackend({ engine, folder });
  const y = ops.add(1, 2);
  const executable = await backend.compile({ inputs: [], outputs: { y }, state: [] });
  const { y: three } = await executable.run({});
  await executable.dispose();
  if (three?.[0] !== 3) {
    throw new UserError(
      `setup tensorflow: expected ${backend.name} to add 1 and 2, got ${three?.[0]}.`,
    );
  }
  return `${backend.name}, ${backend.device}`;
}
