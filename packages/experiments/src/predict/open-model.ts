/** @file Opens the file of --model, or says what is wrong with it. */
import { UserError } from "@mvt/common";
import { UnreadableFileError } from "@mvt/common/files";
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
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isMissing && !(error instanceof UnreadableFileError)) throw error;
    const found = error instanceof UnreadableFileError ? error.found : "nothing";
    throw new UserError(
      `--model ${path}: expected a file that \`pnpm exp export\` wrote, found ${found}. Check the path.`,
    );
  }
}
