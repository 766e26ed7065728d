/** @file What of --launcher, --slurm-*, --only-runs and --no-train is refused, and what a task repeats of a command line. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { CommandLineError } from "@mvt/common";
import { launchOptions, parseRunIds, requireLaunch } from "../src/cli/launch-options.ts";
import { processorsOf } from "../src/cli/launch.ts";
import { withoutOptions } from "../src/cli/typed-words.ts";
import {
  checkDirective,
  checkMemory,
  checkName,
  checkTime,
  directiveOf,
} from "../src/launch/slurm-options.ts";

const none = { slurmSetup: [] as string[], noTrain: false, plan: false };
const slurm = { ...none, launcher: "slurm" } as const;

afterEach(() => vi.unstubAllEnvs());

describe("a command refuses", () => {
  test.each([
    [
      "--only-runs with --no-train",
      { ...none, onlyRuns: "0123456789ab", noTrain: true },
      "--only-runs and --no-train: expected one of them, got both.",
    ],
    [
      "--plan with --no-train",
      { ...none, plan: true, noTrain: true },
      "--plan and --no-train: expected one of them, got both.",
    ],
    [
      "--only-runs by Slurm",
      { ...slurm, onlyRuns: "0123456789ab" },
      "--only-runs 0123456789ab: expected it without --launcher slurm, since it says what to do here. Leave one of them out.",
    ],
    [
      "--jobs by Slurm, where it has no effect",
      { ...slurm, jobs: 2 },
      "--jobs 2: expected it without --launcher slurm, where every run is a job's task. --slurm-most limits how many train at once.",
    ],
    [
      "more threads than CPUs",
      { ...slurm, threads: 8, slurmCpus: 4 },
      "--threads 8: expected at most the 4 of --slurm-cpus, which would share their time otherwise. Raise --slurm-cpus.",
    ],
    [
      "options of Slurm without it",
      { ...none, slurmGpus: 1 },
      "--slurm-gpus 1: expected --launcher slurm with it, got none. Add it, or leave --slurm-gpus out.",
    ],
    [
      "lines for Slurm's scripts without it",
      { ...none, slurmSetup: ["module load node"] },
      "--slurm-setup module load node: expected --launcher slurm with it, got none. Add it, or leave --slurm-setup out.",
    ],
  ])("%s", (_, args, message) => {
    expect(() => requireLaunch(args)).toThrow(new CommandLineError(message));
  });

  test.each([
    [checkTime, "slurm-time", "8h"],
    [checkTime, "slurm-time", "1-"],
    [checkMemory, "slurm-mem", "16 GB"],
    [checkName, "slurm-partition", "gpu long"],
    [checkDirective, "slurm-directive", "constraint=a100\nrm"],
    [checkDirective, "slurm-directive", "A100"],
    [checkDirective, "slurm-directive", "--array=0-3"],
    [checkDirective, "slurm-directive", "-o log"],
    [checkDirective, "slurm-directive", "-p gpu"],
    [parseRunIds, "only-runs", "3f2a"],
    [parseRunIds, "only-runs", "0123456789ab,"],
  ])("%o of --%s for %j", (check, flag, text) => {
    expect(() => check(text, flag)).toThrow(`--${flag} ${text}: expected`);
    expect(() => check(text, flag)).toThrow(CommandLineError);
  });
});

describe("a command takes", () => {
  test("times, sizes and names as Slurm has them, and options of sbatch", () => {
    for (const time of ["90", "8:00:00", "30:00", "1-12", "1-12:30", "1-12:30:00"])
      checkTime(time, "");
    for (const size of ["16G", "512", "900m"]) checkMemory(size, "");
    for (const name of ["gpu", "gpu,cpu", "proj-1.a@b"]) checkName(name, "");
    for (const text of ["constraint=a100", "--exclusive", "-C a100", "gpus=a100:1", "qos=low"]) {
      checkDirective(text, "");
    }
    expect(["constraint=a100", "--exclusive", "-C a100"].map(directiveOf)).toEqual([
      "--constraint=a100",
      "--exclusive",
      "-C a100",
    ]);
    expect(parseRunIds("0123456789ab, 3f2a00,3f2a00")).toEqual(["0123456789ab", "3f2a00"]);
  });

  test("Slurm's options beside --launcher local, which a file's launcher gives way to", () => {
    expect(requireLaunch({ ...none, launcher: "local", slurmGpus: 1 })).toBeUndefined();
  });

  test("what the environment sets for all commands, also where it has no effect", () => {
    vi.stubEnv("MVT_SLURM_SETUP", "module load node");
    vi.stubEnv("MVT_JOBS", "2");
    expect(requireLaunch({ ...none, slurmSetup: ["module load node"] })).toBeUndefined();
    expect(requireLaunch({ ...slurm, jobs: 2 })).toBeUndefined();
    expect(() => requireLaunch({ ...slurm, jobs: 3 })).toThrow("--jobs 3");
  });
});

describe("a task has", () => {
  const asked = (request: Partial<Parameters<typeof processorsOf>[0]>, smallModel: boolean) =>
    processorsOf(request, { smallModel, threads: request.threads ?? (smallModel ? 1 : 8) });

  test("as many threads as a run of the machine that submits, and a CPU for each", () => {
    expect(asked({}, false)).toEqual({ cpus: 8, words: ["--threads", "8"] });
    expect(asked({ threads: 4 }, false)).toEqual({ cpus: 4, words: [] });
    expect(asked({}, true)).toEqual({ cpus: 1, words: [] }); // wherever it runs
  });

  test("as many threads as CPUs that were asked for, where its scale uses several", () => {
    expect(asked({ slurmCpus: 16 }, false)).toEqual({ cpus: 16, words: ["--threads", "16"] });
    expect(asked({ slurmCpus: 4, threads: 2 }, false)).toEqual({ cpus: 4, words: [] });
    expect(asked({ slurmCpus: 4 }, true)).toEqual({ cpus: 4, words: [] });
  });

  test("Slurm's number of CPUs beside a GPU", () => {
    expect(asked({ slurmGpus: 1 }, false)).toEqual({ cpus: undefined, words: [] });
    expect(asked({ device: "webgpu", slurmCpus: 6 }, false)).toEqual({ cpus: 6, words: [] });
  });
});

test("a task repeats the words of a command but those that say where runs train", () => {
  const words = [
    ..."table ./my-table.ts --launcher slurm --slurm-setup cd --slurm-gpus=1 --slurm-setup".split(
      " ",
    ),
    "module load node",
    "echo it's",
    ..."--set epochs=3 --no-train --slurmMost 2 --png --plan true --threshold a b".split(" "),
  ];
  expect(withoutOptions(words, { ...launchOptions, plan: { type: "boolean" } })).toEqual(
    "table ./my-table.ts --set epochs=3 --png --threshold a b".split(" "),
  );
});
