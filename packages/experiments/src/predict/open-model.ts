/** @file Opens the file of --model, or says what is wrong with it. */
import { UserError } from "@mvt/common";
import { loadMvt, WeightsError } from "@mvt/core";
import type { LoadOptions, Mvt } from "@mvt/core";

/** Throws a UserError where there is no exported model at `path`. */
export async function openModel(path: string, options: LoadOptions): Promise<Mvt> {
  try {
    return await loadMvt(path, options);
  } catch (error) {
    if (error instanceof WeightsError) {
      throw new UserError(`--model ${error.message}`);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EISDIR") throw error;
    const found = code === "ENOENT" ? "nothing" : "a folder";
    throw new UserError(
      `--model ${path}: expected a file that \`pnpm exp export\` wrote, found ${found}. Check the path.`,
    );
  }
}
