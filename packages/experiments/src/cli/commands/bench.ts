/** @file `pnpm exp bench`. */
import type { Argv } from "yargs";
export function builder(cli: Argv) { return cli; }
export async function run(): Promise<void> {}
