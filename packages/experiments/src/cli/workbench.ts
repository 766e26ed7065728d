/** @file The workbench that the flags of a command describe. */
import type { FerplusProtocol, FerplusTrain, ImageStorage } from "@mvt/datasets";
import type { MaskFormName } from "@mvt/mgn";
import type { Scale } from "../scales.ts";
import { createWorkbench } from "../tables/workbench.ts";
import type { Workbench } from "../tables/workbench.ts";
import type { PretrainedFile } from "../training/pretrained-file.ts";
import { customFlagsOf } from "./options.ts";
import type { CustomArgs } from "./options.ts";
import type { Progress } from "./progress.ts";

export interface WorkbenchFlags extends CustomArgs {
  readonly data?: string | undefined;
  readonly "ferplus-protocol": FerplusProtocol;
  readonly "ferplus-train": FerplusTrain;
  readonly images?: ImageStorage | undefined;
  readonly "mask-form"?: MaskFormName;
}

export function workbenchOf(
  flags: WorkbenchFlags,
  {
    scale,
    progress,
    weights,
  }: {
    readonly scale: Scale;
    readonly progress: Progress;
    readonly weights?: PretrainedFile | undefined;
  },
): Workbench {
  return createWorkbench({
    scale,
    ferplus: { ferplusProtocol: flags["ferplus-protocol"], ferplusTrain: flags["ferplus-train"] },
    onDraw: progress.onDraw,
    onDecode: progress.onDecode,
    ...customFlagsOf(flags),
    maskForm: flags["mask-form"] ?? "soft",
    ...(flags.images === undefined ? {} : { storage: flags.images }),
    ...(flags.data === undefined ? {} : { dataFolder: flags.data }),
    ...(weights === undefined ? {} : { weights }),
  });
}
