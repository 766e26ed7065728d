/** @file What is wrong with a table of one's own: found when it is loaded, before anything is drawn or trained. */
import { didYouMean, isRecord } from "@mvt/common";
import { datasetNames, noiseKindNames } from "@mvt/datasets";
import { maskForms } from "@mvt/mgn";
import type { MaskFormName } from "@mvt/mgn";
import { predictionSources, references } from "@mvt/relabel";
import type { PredictionSource, Reference } from "@mvt/relabel";
import { selections } from "@mvt/report";
import type { Selection } from "@mvt/report";
import { z } from "zod";
import type { SettingChanges } from "../../settings/setting-paths.ts";
import { settingPaths, settings } from "../../settings/training.ts";
import type { TableColumn, TableDefinition, TableRow } from "./definition.ts";

const namesOf = <Name extends string>(record: Readonly<Record<Name, unknown>>) =>
  Object.keys(record) as [Name, ...Name[]];

const text = z.string().min(1);
const share = z.number().min(0).max(1);
const datasets = z.array(z.enum(datasetNames)).min(1);

/** One line of a table, as the CSV and its Markdown need it. */
const line = text.regex(/^[^\n\r]*$/, "expected one line");

const noise = z.strictObject({
  rate: share,
  kind: z.enum(noiseKindNames).exclude(["instance"]).optional(),
  seed: z.int().nonnegative().optional(),
});

const row = z.strictObject({
  name: line,
  set: z.custom<SettingChanges>(isRecord, "expected { path: value }").optional(),
  threshold: text.optional(),
  m: z.number().gt(0).lt(1).optional(),
  labels: z.enum(["given", "true"]).optional(),
  noise: noise.optional(),
  datasets: datasets.optional(),
  delta: z.number().min(0).lt(1).optional(),
  reference: z.enum(namesOf<Reference>(references)).optional(),
  predictions: z.enum(namesOf<PredictionSource>(predictionSources)).optional(),
  relabelStart: z.int().positive().optional(),
  minTrainAccuracy: share.optional(),
  validationLabels: z.enum(["noisy", "clean"]).optional(),
  maskForm: z.enum(namesOf<MaskFormName>(maskForms)).optional(),
}) satisfies z.ZodType<TableRow>;

const column = z.strictObject({
  title: line,
  about: text.optional(),
  unit: z.enum(["percent", "number"]).optional(),
  value: z.custom<TableColumn["value"]>((f) => typeof f === "function", "expected a function"),
});

const table = z.strictObject({
  name: text.regex(/^[a-z][a-z0-9-]*$/, 'expected lower-case letters, digits and "-"'),
  about: line,
  rows: z.array(row).min(1),
  base: text.optional(),
  datasets: datasets.optional(),
  seeds: z.int().positive().optional(),
  select: z.enum(namesOf<Selection>(selections)).optional(),
  columns: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected lower-case letters, digits and "_"'),
      column,
    )
    .optional(),
}) satisfies z.ZodType<TableDefinition>;

/** Options that only relabelling runs use. */
const ofRelabelling = [
  "delta",
  "reference",
  "predictions",
  "relabelStart",
  "minTrainAccuracy",
] as const satisfies readonly (keyof TableRow)[];

/**
 * Why a value is no table, as a clause; undefined if it is one.
 *
 * @param taken names that the table must not have, since its files would replace others
 * @param takenColumns keys of columns that every table has
 */
export function whatIsWrongWith(
  value: unknown,
  {
    taken,
    takenColumns,
  }: { readonly taken: readonly string[]; readonly takenColumns: readonly string[] },
): string | undefined {
  if (!isRecord(value)) {
    return `it is ${Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`}`;
  }
  const parsed = table.safeParse(value);
  if (!parsed.success) return issueWords(parsed.error.issues[0]!, value);
  const { name, rows, base, columns = {} } = parsed.data;
  if (taken.includes(name)) return `its name is ${name}, which is another table's`;
  const names = rows.map((one) => one.name);
  const twice = names.find((one, i) => names.indexOf(one) < i);
  if (twice !== undefined) return `two of its rows have the name "${twice}"`;
  if (base !== undefined && !names.includes(base)) {
    return `its base "${base}" is no row; rows are ${names.map((one) => `"${one}"`).join(", ")}${suggestion(base, names)}`;
  }
  const usual = Object.keys(columns).find((key) => takenColumns.includes(key));
  if (usual !== undefined) return `its column ${usual} is one that every table has`;
  return rows.map(wrongRow).find((clause) => clause !== undefined);
}

/** A setting that there is not, or an option that would have no effect. */
function wrongRow({ name, ...rest }: TableRow): string | undefined {
  const of = `row "${name}"`;
  const known = settingPaths(settings);
  const paths = Object.keys(rest.set ?? {});
  const unknown = paths.find((path) => !isSetting(path, known));
  if (unknown !== undefined) {
    return `its ${of} sets ${unknown}, which is none of ${known.join(", ")}${suggestion(unknown, known)}`;
  }
  const idle = ofRelabelling.find((key) => rest[key] !== undefined);
  if (idle !== undefined && rest.threshold === undefined) {
    return `its ${of} has ${idle}, which has no effect without a threshold`;
  }
  if (rest.m !== undefined) return undefined;
  const masks = rest.maskForm === undefined ? paths.find(isOfMasks) : "maskForm";
  return masks === undefined
    ? undefined
    : `its ${of} ${masks === "maskForm" ? "has" : "sets"} ${masks}, which has no effect without m`;
}

const isOfMasks = (path: string) => path === "mgn" || path.startsWith("mgn.");

/** One of the paths, or the beginning of some: "schedule" holds several settings. */
const isSetting = (path: string, known: readonly string[]) =>
  known.some((one) => one === path || one.startsWith(`${path}.`));

/** "its rows[1].threshhold is no key. Did you mean ..." */
function issueWords(issue: z.core.$ZodIssue, value: unknown): string {
  const at = pathWords(issue.path);
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const known = keysAt(issue.path);
    return `its ${at === "" ? "" : `${at}.`}${key} is none of ${known.join(", ")}${suggestion(key, known)}`;
  }
  const found = issue.path.reduce<unknown>(
    (within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  if (issue.code === "invalid_value") {
    const known = issue.values.map(String);
    return `its ${at} is ${show(found)}, not one of ${known.join(", ")}${suggestion(String(found), known)}`;
  }
  if (issue.code === "invalid_key") {
    return `its ${at} is no key of a column: ${issue.issues[0]?.message ?? issue.message}`;
  }
  if (found === undefined) return `its ${at} is missing`;
  return `its ${at} is ${show(found)}: ${issue.message}`;
}

/** `. Did you mean "epochs"?`, or nothing. */
function suggestion(word: string, known: readonly string[]): string {
  const meant = didYouMean(word, known);
  return meant && `.${meant}`;
}

const pathWords = (path: readonly PropertyKey[]) =>
  path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`))
    .join("");

/** The keys that the object at a path may have. */
function keysAt([first, , third]: readonly PropertyKey[]): readonly string[] {
  if (first === "columns") return Object.keys(column.shape);
  if (first !== "rows") return Object.keys(table.shape);
  return Object.keys(third === "noise" ? noise.shape : row.shape);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? `a ${typeof value}`;
}
