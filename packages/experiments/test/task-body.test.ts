/** @file The shell text of a task, run by bash with a `scontrol` that records what it is asked. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryFolder } from "@mvt/testing/folder";
import { describe, expect, onTestFinished, test } from "vitest";
import { taskBody } from "../src/launch/task-body.ts";

const id = "0123456789ab";
const stateText = (state: string, reason: string, restarts: number) =>
  `JobId=9 ArrayJobId=7 ArrayTaskId=2 JobState=${state} Reason=${reason} Requeue=1 Restarts=${restarts} BatchFlag=1`;

interface Situation {
  /** What the task runs, in bash. */
  readonly command: string;
  /** Sent to the script once the command has printed a line. */
  readonly signal?: NodeJS.Signals;
  /** JobState and Reason of `scontrol show job`, and how often it says that the job was restarted. */
  readonly state?: readonly [state: string, reason: string, restarts: number];
  /** Whether Slurm refuses to requeue. */
  readonly refuses?: boolean;
  readonly restarts?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs a task to its end. */
async function runTask({ command, signal, ...situation }: Situation) {
  const { state = ["RUNNING", "None", situation.restarts ?? 0] } = situation;
  const folder = await temporaryFolder(onTestFinished);
  await mkdir(join(folder, "the runs", id), { recursive: true });
  const scontrol = `#!/bin/sh
echo "$*" >> '${folder}/asked'
case $1 in
  requeue) ${situation.refuses === true ? "echo 'requeue is disabled' >&2; exit 1" : "exit 0"} ;;
  *) echo '${stateText(...state)}' ;;
esac
`;
  await writeFile(join(folder, "scontrol"), scontrol);
  await writeFile(join(folder, "sleep"), "#!/bin/sh\nexec /bin/sleep 0.01\n");
  await writeFile(join(folder, "asked"), "");
  for (const name of ["scontrol", "sleep"]) await chmod(join(folder, name), 0o755);
  const body = taskBody(["bash", "-c", command], join(folder, "the runs"));
  const child = spawn("bash", ["-u", "-c", body], {
    cwd: join(folder, "the runs", id),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: [folder, process.env["PATH"]].join(delimiter),
      MVT_ONLY_RUNS: id,
      SLURM_JOB_ID: "9",
      SLURM_ARRAY_JOB_ID: "7",
      SLURM_ARRAY_TASK_ID: "2",
      ...(situation.restarts !== undefined && { SLURM_RESTART_COUNT: `${situation.restarts}` }),
      ...situation.variables,
    },
  });
  if (signal !== undefined) child.stdout.once("data", () => child.kill(signal));
  const [said, [code]] = await Promise.all([
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  const asked = (await readFile(join(folder, "asked"), "utf8")).trimEnd().split("\n");
  return { code, said, requeued: asked.filter((line) => line.startsWith("requeue")) };
}

/** Trains until a signal comes, then takes a while to write a checkpoint. */
const stoppable = `
trap 'for i in 1 2 3; do /bin/sleep 0.1; done; touch checkpoint-000000002.safetensors; exit 143' TERM
trap 'exit 1' USR1
echo training
while :; do /bin/sleep 0.05; done`;

describe("a task", () => {
  test.each([0, 1, 2, 127, 139])("ends with the exit code %d of its command", async (code) => {
    expect(await runTask({ command: `exit ${code}` })).toEqual({ code, said: "", requeued: [] });
  });

  test.each(["SIGUSR1", "SIGTERM"] as const)(
    "stops at a checkpoint at %s and is requeued, not the other tasks of its array",
    async (signal) => {
      const { code, said, requeued } = await runTask({ command: stoppable, signal });
      expect({ code, requeued }).toEqual({ code: 143, requeued: ["requeue 7_2"] });
      expect(said).toContain("task 7_2: interrupted (exit code 143) after 0 restarts; requeued\n");
    },
  );

  test("that is no array is requeued by its own number", async () => {
    const variables = { SLURM_ARRAY_JOB_ID: "", SLURM_ARRAY_TASK_ID: "" };
    const { requeued } = await runTask({ command: "kill -9 $$", variables });
    expect(requeued).toEqual(["requeue 9"]);
  });

  test("whose command was killed is requeued", async () => {
    const { code, requeued } = await runTask({ command: "kill -9 $$" });
    expect({ code, requeued }).toEqual({ code: 137, requeued: ["requeue 7_2"] });
  });

  test("whose time is over is requeued", async () => {
    const state = ["COMPLETING", "TimeLimit", 0] as const;
    const { requeued } = await runTask({ command: stoppable, signal: "SIGTERM", state });
    expect(requeued).toEqual(["requeue 7_2"]);
  });

  test.each([
    ["was cancelled, or is about to be requeued", ["COMPLETING", "None", 0]],
    ["runs on another node already", ["RUNNING", "None", 1]],
  ] as const)("that %s waits for its checkpoint and is not requeued", async (_, state) => {
    const { code, said, requeued } = await runTask({
      command: stoppable,
      signal: "SIGTERM",
      state,
    });
    expect({ code, requeued }).toEqual({ code: 143, requeued: [] });
    expect(said).toContain("Slurm decides whether it goes on\n");
  });

  test("says that Slurm refuses to requeue it", async () => {
    const { code, said, requeued } = await runTask({ command: "kill -9 $$", refuses: true });
    expect(code).toBe(137);
    expect(requeued).toHaveLength(3);
    expect(said).toContain("requeue is disabled\n");
    expect(said).toContain("task 7_2: not requeued: Slurm refuses it\n");
  });

  test("is not requeued for ever if it does not get on", async () => {
    const command = "kill -9 $$";
    expect((await runTask({ command, restarts: 2 })).requeued).toEqual(["requeue 7_2"]);
    const { said, requeued } = await runTask({ command, restarts: 3 });
    expect(requeued).toEqual([]);
    expect(said).toContain(
      "not requeued: started 4 times, and the last time it wrote no checkpoint",
    );
  });

  test("is requeued as often as it gets on", async () => {
    const command = "touch checkpoint-000000003.safetensors; kill -9 $$";
    expect((await runTask({ command, restarts: 50 })).requeued).toEqual(["requeue 7_2"]);
  });
});
