/** @file Facts as JSON: the option, and the one place that writes them. */
import { CommandLineError } from "@mvt/common";
import type { z } from "zod";
import { output } from "./options.ts";

/** The option of every command that has facts. */
export const jsonOption = {
  json: {
    type: "boolean",
    default: false,
    group: output,
    describe: "write facts as one JSON value, and nothing else, to stdout",
  },
} as const;

/** Writes `facts` to stdout. A number that is none, or a shape that is not `schema`'s, is a defect and throws. */
export function writeJson<Schema extends z.ZodType>(schema: Schema, facts: z.input<Schema>): void {
  process.stdout.write(`${JSON.stringify(schema.parse(facts), null, 2)}\n`);
}

/** Throws a CommandLineError for --json with an action that has no facts. */
export function requireFacts<Action extends string>(
  { json }: { readonly json: boolean },
  command: string,
  action: Action,
  withFacts: readonly Action[],
): void {
  if (!json || withFacts.includes(action)) return;
  const known = withFacts.map((name) => `\`${command} ${name}\``);
  throw new CommandLineError(
    `--json: expected it with ${new Intl.ListFormat("en", { type: "disjunction" }).format(known)}, got it with \`${command} ${action}\`. Leave it out.`,
  );
}

/** Throws a CommandLineError for --json where only --plan has facts. */
export function requirePlan({
  json,
  plan,
}: {
  readonly json: boolean;
  readonly plan: boolean;
}): void {
  if (!json || plan) return;
  throw new CommandLineError(
    "--json: expected --plan with it, since a report is written to files. Add --plan, or leave it out: --format csv has the numbers.",
  );
}
