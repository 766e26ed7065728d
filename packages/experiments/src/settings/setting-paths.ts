/** @file The types of what `--set` can change: every path, and the values that it takes. */
import type { z } from "zod";
import type { settings } from "./training.ts";

type Settings = z.infer<typeof settings>;

/** What has no paths below it. */
type Leaf = string | number | boolean | readonly unknown[] | null | undefined;

type PathsOf<T> = T extends Leaf
  ? never
  : { [K in keyof T & string]-?: K | `${K}.${PathsOf<NonNullable<T[K]>>}` }[keyof T & string];

type ValueAt<T, Path extends string> = T extends Leaf
  ? never
  : Path extends keyof T
    ? T[Path]
    : Path extends `${infer K}.${infer Rest}`
      ? K extends keyof T
        ? ValueAt<NonNullable<T[K]>, Rest>
        : never
      : never;

/** "epochs", "schedule.learningRate", "mgn.lambda", ...: what `--set` can change. */
export type SettingPath = PathsOf<Settings>;

/** Values by their paths: `{ epochs: 20, "schedule.learningRate": 1e-4 }`. */
export type SettingChanges = { readonly [Path in SettingPath]?: ValueAt<Settings, Path> };

/** As `--set` takes them: "schedule.learningRate=0.0001". */
export function assignmentsOf(changes: SettingChanges): readonly string[] {
  return Object.entries(changes)
    .filter(([, value]) => value !== undefined)
    .map(([path, value]) => `${path}=${typeof value === "string" ? value : JSON.stringify(value)}`);
}
