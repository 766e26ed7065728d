/** @file Where a report comes from: commit, machine, data. */
import { execFileSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import type { Backend } from "@mvt/core";
import type { Dataset } from "@mvt/datasets";
import type { DataDescription, Machine, Provenance } from "@mvt/report";
import type { PreparedData } from "../data/prepared.ts";
import { backendOfEngine, deviceOf } from "../engine/engine.ts";

/** The commit of this checkout, and whether files differ from it; "unknown" outside a checkout. */
export function sourceVersion(): { readonly commit: string; readonly dirty: boolean } {
  const git = (...args: readonly string[]) =>
    execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    // Reports are written by the very command that asks, so they do not count.
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", ":/", ":!/results");
    return { commit: git("rev-parse", "--short=12", "HEAD"), dirty: changed !== "" };
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

/** What reports say of a data set: layout, protocol, images per split. */
export function describeData({ dataset, train, validation, test }: PreparedData): DataDescription {
  const { title, layout, protocol, groundTruth } = dataset;
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
    labelNoise: groundTruth?.labelNoise,
  };
}

/** Where the report of this command comes from. `backend`: absent where nothing was computed. */
export function describeProvenance({
  backend,
  ...report
}: Pick<Provenance, "scale" | "seeds" | "data"> & { readonly backend?: Backend }): Provenance {
  return {
    command: ["pnpm exp", ...process.argv.slice(2)].join(" "),
    ...sourceVersion(),
    ...report,
    machine: describeMachine(backend),
    date: new Date().toISOString(),
  };
}
