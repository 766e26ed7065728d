/**
 * @file A real TensorBoard that reads event files, where `python3`, or the Python that MVT_TENSORBOARD_PYTHON names, has
 * one; and their records, decoded here, where it has not.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

export { type DecodedValue, decodeEvents } from "./decode-events.ts";

const python = process.env["MVT_TENSORBOARD_PYTHON"] ?? "python3";

/** Whether there is one; says so on stderr if not. */
export function hasTensorBoard(): boolean {
  if (spawnSync(python, ["-c", "import tensorboard"]).status === 0) return true;
  process.stderr.write(
    `${python} has no tensorboard: no event file is read by one. MVT_TENSORBOARD_PYTHON names another.\n`,
  );
  return false;
}

/** What TensorBoard shows of one tag: its plugin, and [step, value] of every step. */
export interface ShownTag {
  readonly plugin: "scalars" | "images" | "histograms";
  readonly values: readonly (readonly [step: number, value: unknown])[];
}

/** By run and tag, what TensorBoard reads below the folder. An image is its width, its height, and the bytes of its PNG. */
export function readWithTensorBoard(
  folder: string,
): Readonly<Record<string, Readonly<Record<string, ShownTag>>>> {
  const script = join(import.meta.dirname, "read-events.py");
  const { stdout, stderr, status } = spawnSync(python, [script, folder], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`read-events.py: ${stderr}`);
  return JSON.parse(stdout) as ReturnType<typeof readWithTensorBoard>;
}
