/**
 * @file Makes one file operation of a program go wrong: `MVT_FAULT=KIND:N MVT_FAULT_FOLDER=FOLDER node --import inject.ts ...`.
 *
 * Operations that change something below the folder are counted from 1, over all threads. Before the N-th the process is
 * killed (`kill`), or it writes half of its content first (`torn`), or it fails with an error of the system (`ENOSPC`,
 * `EIO`, `EACCES`). ENOSPC stays: all later writes fail as well. With `count:0` the number of operations is written to
 * the file that MVT_FAULT_COUNT names, whenever it grows.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve, sep } from "node:path";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { faultOf } from "./kinds.ts";

const { kind, at } = faultOf(process.env["MVT_FAULT"] ?? "count:0");
const folder = resolve(process.env["MVT_FAULT_FOLDER"] ?? ".") + sep;
const countFile = process.env["MVT_FAULT_COUNT"];

/** [1] operations so far, shared by all threads. */
const counter = sharedCounter();

function sharedCounter(): Int32Array {
  const known = getEnvironmentData("mvt-faults") as Int32Array | undefined;
  if (known !== undefined) return known;
  const made = new Int32Array(new SharedArrayBuffer(4));
  setEnvironmentData("mvt-faults", made);
  return made;
}

const writeNow = fs.writeSync;
const openNow = fs.openSync;

/** Counts an operation on `path`; ends or fails where it is the chosen one. `half` writes half of what was to be written. */
function happen(name: string, path: unknown, half?: () => void): void {
  const target = path instanceof URL ? path.pathname : path;
  if (typeof target !== "string" || !resolve(target).startsWith(folder)) return;
  const n = Atomics.add(counter, 0, 1) + 1;
  if (kind === "count") {
    if (countFile === undefined) return;
    const file = openNow(countFile, "a");
    writeNow(file, `${n} ${name} ${resolve(target).slice(folder.length)}\n`);
    fs.closeSync(file);
    return;
  }
  const writes = half !== undefined;
  const fails = n === at || (kind === "ENOSPC" && n > at && writes);
  if (!fails) return;
  if (kind === "kill" || kind === "torn") {
    if (kind === "torn") half?.();
    process.kill(process.pid, "SIGKILL");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // until the signal arrives
  }
  const error: NodeJS.ErrnoException = new Error(`${kind}: made to fail, ${name} '${target}'`);
  throw Object.assign(error, { code: kind, syscall: name, path: target });
}

type Operation = (...args: unknown[]) => Promise<unknown>;

/** What of a handle changes its file. */
const handleOperations = [
  "write",
  "writeFile",
  "appendFile",
  "writev",
  "truncate",
  "sync",
] as const;

const bytesOf = (content: unknown) =>
  typeof content === "string"
    ? Buffer.from(content)
    : ArrayBuffer.isView(content)
      ? Buffer.from(content.buffer, content.byteOffset, content.byteLength)
      : Buffer.alloc(0);

function writeHalf(path: string, content: unknown): void {
  const bytes = bytesOf(content);
  const file = openNow(path, "w");
  writeNow(file, bytes.subarray(0, bytes.length >> 1));
  fs.closeSync(file);
}

const original = { ...fs.promises } as unknown as Record<string, Operation>;
const patched = fs.promises as unknown as Record<string, Operation>;

for (const name of ["rename", "link", "symlink", "copyFile"]) {
  patched[name] = async (...args) => {
    happen(name, args[1]);
    return original[name]!(...args);
  };
}
for (const name of ["rm", "unlink", "mkdir", "rmdir", "truncate", "utimes"]) {
  patched[name] = async (...args) => {
    happen(name, args[0]);
    return original[name]!(...args);
  };
}
for (const name of ["writeFile", "appendFile"]) {
  patched[name] = async (...args) => {
    const [path, content] = args;
    happen(name, path, () => writeHalf(String(path), content));
    return original[name]!(...args);
  };
}
patched["open"] = async (...args) => {
  const [path, flags = "r"] = args;
  const handle = (await original["open"]!(...args)) as Record<string, Operation>;
  if (flags === "r") return handle;
  for (const name of handleOperations) {
    const own = handle[name]!.bind(handle);
    handle[name] = async (...given) => {
      const half = name === "sync" ? undefined : () => writeHalf(String(path), given[0]);
      happen(`handle.${name}`, path, half);
      return own(...given);
    };
  }
  return handle;
};

const originalSync = { ...fs } as unknown as Record<string, (...args: unknown[]) => unknown>;
const patchedSync = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of ["writeFileSync", "appendFileSync", "mkdirSync", "rmSync", "unlinkSync"]) {
  patchedSync[name] = (...args) => {
    happen(name, args[0]);
    return originalSync[name]!(...args);
  };
}
for (const name of ["renameSync", "linkSync", "copyFileSync"]) {
  patchedSync[name] = (...args) => {
    happen(name, args[1]);
    return originalSync[name]!(...args);
  };
}
syncBuiltinESMExports();
