/** @file PyTorch as a competitor: the Pythons of `--python`, which run the programs in `python/`. */
import { fileURLToPath } from "node:url";
import { UserError } from "@mvt/common";
import type { deit } from "@mvt/core";
import type { Predictor } from "../workloads/prediction.ts";
import { CompetitorError, openCompetitor } from "./competitor.ts";
import type { Competitor, OpenCompetitor } from "./competitor.ts";

const stepScript = pathOf("torch_step.py");
const predictScript = pathOf("torch_predict.py");

function pathOf(script: string): string {
  return fileURLToPath(new URL(`../../python/${script}`, import.meta.url));
}

/** A Python that has PyTorch. */
export interface TorchPython {
  readonly path: string;
  /** "PyTorch 2.13.0+cpu, timm 1.0.29, Python 3.11.7" */
  readonly versions: string;
  /** Whether PyTorch finds a CUDA device. */
  readonly cuda: boolean;
}

/** Asks a Python for its PyTorch. Throws a UserError if it has none. */
export async function findTorch(path: string): Promise<TorchPython> {
  const python = await openPython(path, [stepScript, "--versions"], "torch timm");
  await python.close();
  const { ready, notes } = python.ready;
  return { path, versions: ready, cuda: notes.includes("cuda") };
}

export const torchDevices = ["cpu", "cuda"] as const;

/** A way in which PyTorch takes the training step. */
interface TorchVariant {
  /** Follows "pytorch" in the id. */
  readonly suffix: string;
  readonly title: string;
  readonly device: (typeof torchDevices)[number];
  /** The last block computes the class token's row alone, as this project's does. */
  readonly classRow?: true;
  /** Of the forward pass, under torch.autocast; "float32" if absent. */
  readonly precision?: "bfloat16" | "float16";
  /** By torch.compile, which needs a C++ compiler on the CPU, and Triton on CUDA. */
  readonly compiled?: true;
}

const torchVariants: readonly TorchVariant[] = [
  { suffix: "", title: "eager", device: "cpu" },
  {
    suffix: "-class-row",
    title: "eager, last block on the class row",
    device: "cpu",
    classRow: true,
  },
  { suffix: "-bf16", title: "eager, bfloat16", device: "cpu", precision: "bfloat16" },
  { suffix: "-compiled", title: "compiled", device: "cpu", compiled: true },
  {
    suffix: "-compiled-bf16",
    title: "compiled, bfloat16",
    device: "cpu",
    precision: "bfloat16",
    compiled: true,
  },
  { suffix: "-cuda", title: "eager, CUDA", device: "cuda" },
  {
    suffix: "-cuda-bf16",
    title: "eager, CUDA, bfloat16",
    device: "cuda",
    precision: "bfloat16",
  },
  { suffix: "-cuda-f16", title: "eager, CUDA, float16", device: "cuda", precision: "float16" },
  {
    suffix: "-cuda-compiled-bf16",
    title: "compiled, CUDA, bfloat16",
    device: "cuda",
    precision: "bfloat16",
    compiled: true,
  },
  {
    suffix: "-cuda-compiled-f16",
    title: "compiled, CUDA, float16",
    device: "cuda",
    precision: "float16",
    compiled: true,
  },
];

/** The training step in PyTorch, once per Python and variant. Ids of the second Python begin with "pytorch-2". */
export function torchCompetitors(
  pythons: readonly TorchPython[],
  { model, batchSize }: { readonly model: deit.VitConfig; readonly batchSize: number },
  threads: number,
): readonly TorchCompetitor[] {
  return pythons.flatMap(({ path, versions, cuda }, i) =>
    torchVariants
      .filter(({ device }) => cuda || device === "cpu")
      .map(({ suffix, title, ...variant }): TorchCompetitor => {
        const { device, classRow = false, precision = "float32", compiled = false } = variant;
        const task = { model, batchSize, threads, device, classRow, precision, compiled };
        return {
          id: `pytorch${i === 0 ? "" : `-${i + 1}`}${suffix}`,
          title: `${versions.split(",")[0]} ${title}`,
          batchSize,
          command: [path, stepScript, JSON.stringify(task)],
          device,
        };
      }),
  );
}

/** PyTorch, on a device. */
export interface TorchCompetitor extends Competitor, Pick<TorchVariant, "device"> {}

/** A DeiT in PyTorch that predicts, in a process of its own. */
export interface TorchPredictor {
  readonly predictor: Predictor;
  /** "PyTorch 2.13.0+cpu, Python 3.11.7" */
  readonly name: string;
  readonly close: () => Promise<void>;
}

/** Starts `python` with a DeiT of these sizes. Throws a UserError if it has no PyTorch. */
export async function openTorchPredictor(
  python: string,
  model: deit.VitConfig,
  threads: number,
): Promise<TorchPredictor> {
  const sizes = JSON.stringify({ ...model, threads });
  const competitor = await openPython(python, [predictScript, sizes], "torch");
  return {
    name: competitor.ready.ready,
    predictor: async (images) => (await competitor.time(1, images)).seconds[0]!,
    close: () => competitor.close(),
  };
}

/** Starts a program of `python/`. If that fails it throws a UserError that names the `packages` to install. */
async function openPython(
  python: string,
  [script, argument]: readonly [script: string, argument: string],
  packages: string,
): Promise<OpenCompetitor> {
  try {
    return await openCompetitor({ command: [python, script, argument] });
  } catch (error) {
    if (!(error instanceof CompetitorError)) throw error;
    throw new UserError(
      `--python ${python}: expected a Python with PyTorch, but ${error.message}`,
      {
        advice: `Install it there with \`${python} -m pip install ${packages}\`, or name another.`,
      },
    );
  }
}
