/** @file A pipe or a device in place of a file is refused before it can hang a command or fill the memory. */
import { execFileSync } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { refuses } from "@mvt/testing/mistakes";
import { describe } from "vitest";

const pipe = (path: string) => async (folder: string) => {
  execFileSync("mkfifo", [join(folder, path)]);
};
const device = (path: string) => (folder: string) => symlink("/dev/zero", join(folder, path));

describe.runIf(process.platform !== "win32")("a file that is no regular one is refused", () => {
  const advice = "Name a file, or put one in its place.";
  refuses([
    {
      what: "weights from a pipe",
      given: pipe("deit.pth"),
      args: "weights show deit.pth",
      exitCode: 1,
      stderr: `DIR/deit.pth: expected a regular file, found a named pipe. ${advice}`,
    },
    {
      what: "weights from a link to a device",
      given: device("deit.pth"),
      args: "train --scale smoke --weights deit.pth",
      exitCode: 1,
      stderr: `--weights DIR/deit.pth: expected a regular file, found a device. ${advice}`,
    },
    {
      what: "a mask generator from a pipe",
      given: pipe("mgn.safetensors"),
      args: "train --scale smoke --mgn mgn.safetensors",
      exitCode: 1,
      stderr: `DIR/mgn.safetensors: expected a regular file, found a named pipe. ${advice}`,
    },
    {
      what: "a model from a pipe",
      given: async (folder) => {
        await pipe("mvt.onnx")(folder);
        await writeFile(join(folder, "face.jpg"), "");
      },
      args: "predict --model mvt.onnx face.jpg",
      exitCode: 1,
      stderr:
        "--model mvt.onnx: expected a file that `pnpm exp export` wrote, found a named pipe. Check the path.",
    },
    {
      what: "a list of noisy labels from a link to a device",
      given: device("noisy.txt"),
      args: "train --scale smoke --noise-list noisy.txt",
      exitCode: 1,
      stderr: `noisy.txt: expected a regular file, found a device. ${advice}`,
    },
  ]);
});
