/** @file Where a report comes from: commit, machine, data. */
import { execFileSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { percent } from "@mvt/common";
import type { Backend } from "@mvt/core";
import { wrongCount } from "@mvt/datasets";
import type { Dataset } from "@mvt/datasets";
import type { DataDescription, Machine, Provenance } from "@mvt/report";
import { countWrong } from "../data/labelled-data.ts";
import { isHeldOut } from "../data/prepared.ts";
import type { PreparedData } from "../data/prepared.ts";
import { backendOfEngine, deviceOf } from "../engine/engine.ts";
import type { LabelConfig, NoiseConfig } from "../settings/run-config.ts";

export interface SourceVersion {
  readonly commit: string;
  readonly dirty: boolean;
}

let version: SourceVersion | undefined;

/**
 * The commit of this checkout, and whether files differ from it; "unknown" outside a checkout. It is asked for once: what
 * runs was loaded from the files of that time.
 */
export function sourceVersion(): SourceVersion {
  return (version ??= askGit());
}

function askGit(): SourceVersion {
  // Reports are written by the very command that asks, so they do not count.
  const files = ["--untracked-files=no", "--", ":/", ":!/results"];
  try {
    const status = execFileSync("git", ["status", "--porcelain=v2", "--branch", ...files], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [, commit] = /^# branch\.oid ([0-9a-f]{12})/m.exec(status) ?? [];
    if (commit === undefined) return { commit: "unknown", dirty: false };
    return { commit, dirty: /^[^#]/m.test(status) };
  } catch {
    return { commit: "unknown", dirty: false };
  }
}

/** `backend`: absent where nothing was computed. */
export function describeMachine(backend?: Backend): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memory: totalmem(),
    os: `${type()} ${release()}`,
    node: process.versions.node,
    backend: backend && `${backendOfEngine(backend)}, ${deviceOf(backend)}`,
    engine: backend?.name,
  };
}

/** "synthetic" for data that this project drew. */
export function dataKind({ groundTruth }: Dataset): "synthetic" | "real" {
  return groundTruth === undefined ? "real" : "synthetic";
}

/** What reports say of a data set: layout, protocol, images per split, and the wrong labels that a run of `labels` has. */
export function describeData(data: PreparedData, labels: LabelConfig = {}): DataDescription {
  const { dataset, train, validation, test } = data;
  const { title, layout, protocol, skipped } = dataset;
  return {
    title,
    kind: dataKind(dataset),
    layout,
    protocol,
    counts: {
      train: train.rows.length,
      validation: validation.rows.length,
      test: test.rows.length,
    },
    labelNoise: describeNoise(data, labels),
    ...(skipped && {
      skipped: skipped.map(({ sample, reason }) => `${sample.id} (${reason})`),
    }),
  };
}

/** Undefined where it is not known which labels are wrong. */
function describeNoise(data: PreparedData, { noise, validationLabels }: LabelConfig) {
  const { train, trainTruth, validation, validationTruth, dataset } = data;
  const of = train.rows.length;
  if (noise !== undefined) {
    const clean = validationLabels === "clean" || (noise.kind === "list" && !isHeldOut(data));
    return {
      wrong: noise.kind === "list" ? noise.wrong : wrongCount(noise.rate, of),
      of,
      source: noiseTitle(noise) + unlisted(noise),
      validation: clean ? "clean" : "noisy",
    } as const;
  }
  if (trainTruth === undefined) return undefined;
  const clean =
    validationLabels === "clean" || countWrong(validation.labels, validationTruth) === 0;
  return {
    wrong: countWrong(train.labels, trainTruth),
    of,
    source: dataset.groundTruth ? "drawn so on purpose" : "FER2013's labels, by the votes",
    validation: clean ? "clean" : "noisy",
  } as const;
}

function unlisted(noise: NoiseConfig): string {
  if (noise.kind !== "list" || noise.unlisted === 0) return "";
  return `, which does not name ${noise.unlisted} of them`;
}

/** "20 % symmetric noise", "list 3fa9c1d2". */
export function noiseTitle(noise: NoiseConfig): string {
  if (noise.kind === "list") return `list ${noise.sha256.slice(0, 8)}`;
  const by = noise.matrix ? " by a matrix" : noise.from ? ` from run ${noise.from.run}` : "";
  const seed = noise.seed === 0 ? "" : `, noise seed ${noise.seed}`;
  return `${Number(percent(noise.rate, 2))} % ${noise.kind} noise${by}${seed}`;
}

/**
 * Where the report of this command comes from. `backend`: absent where nothing was computed; `trained`: about no runs;
 * `words`: of the command, default all that were typed.
 */
export function describeProvenance({
  backend,
  words = process.argv.slice(2),
  ...report
}: Pick<Provenance, "scale" | "seeds" | "data" | "trained"> & {
  readonly backend?: Backend;
  readonly words?: readonly string[];
}): Provenance {
  return {
    command: ["pnpm exp", ...words].join(" "),
    ...sourceVersion(),
    ...report,
    machine: describeMachine(backend),
    date: new Date().toISOString(),
  };
}
