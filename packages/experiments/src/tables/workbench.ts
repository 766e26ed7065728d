/**
 * @file What a table is made with: data prepared once, runs planned from a scale, options and seeds.
 */
import { resolve } from "node:path";
import type { DatasetName, FerplusOptions, ImageStorage } from "@mvt/datasets";
import { maskForm } from "@mvt/mgn";
import type { MaskFormName } from "@mvt/mgn";
import { fingerprint as thresholdFingerprint, policyDefaults } from "@mvt/relabel";
import type { Reference, Threshold } from "@mvt/relabel";
import { canonicalJson } from "../config.ts";
import type {
  ClassifierConfig,
  MgnConfig,
  MgnTrainingConfig,
  RelabelConfig,
  RunConfig,
  TrainingConfig,
} from "../config.ts";
import { maskPictures } from "../data/control-masks.ts";
import type { ControlMask } from "../data/control-masks.ts";
import { openDataset } from "../data/source.ts";
import type { CustomFlags } from "../data/source.ts";
import { prepareData } from "../data/prepared.ts";
import type { PreparedData } from "../data/prepared.ts";
import { planRun } from "../runs/plan.ts";
import type { PlannedClassifier, PlannedRun } from "../runs/plan.ts";
import { dataKind } from "../runs/provenance.ts";
import { clutterDataset, clutterSettings } from "./clutter-settings.ts";
import { maskFactors } from "./mask-factor-settings.ts";
import { trainingOn } from "../scales.ts";
import type { Scale, SyntheticSpec } from "../scales.ts";
import { UsageError } from "../usage-error.ts";
import type { PretrainedFile } from "../training/pretrained-file.ts";
import { readMgnFile } from "../training/read-mgn.ts";

/** A tenth of the training set, where the set has no validation split; the paper is silent. */
const validationShare = 0.1;

export interface WorkbenchOptions {
  readonly scale: Scale;
  /** The user's data; synthetic if absent. */
  readonly dataFolder?: string;
  readonly ferplus: FerplusOptions;
  readonly custom?: CustomFlags;
  /** Where pictures are while they are read; by their size if absent. No result depends on it. */
  readonly storage?: ImageStorage;
  readonly weights?: PretrainedFile;
  /** In which form classifiers apply masks. */
  readonly maskForm: MaskFormName;
  readonly onDraw?: (title: string) => void;
  readonly onDecode?: (title: string, done: number, total: number) => void;
}

/** A function f, and how `--threshold` names it. */
export interface NamedThreshold {
  readonly spec: string;
  readonly threshold: Threshold;
}

export interface RelabelOptions extends NamedThreshold {
  readonly delta?: number;
  readonly reference?: Reference;
  readonly startEpoch?: number;
  readonly minTrainAccuracy?: number;
}

export interface RunRequest {
  readonly dataset: DatasetName;
  readonly seed: number;
  readonly relabel?: RelabelOptions;
  /** Mask the pictures with a frozen generator: one trained for this m, whose run comes first, or a file. */
  readonly mgn?: { readonly m: number } | { readonly file: string };
  /** Put this mask on the pictures instead. */
  readonly control?: ControlMask;
  /** Start from the scale's stand-in for pre-training, or from --weights. Default true. */
  readonly pretrained?: boolean;
  /** Other data and another training than the scale's. */
  readonly setting?: Setting;
}

/** What a study changes of its scale. */
export interface Setting {
  /** "clutter 1, occlusion 0", for the titles of runs. */
  readonly title: string;
  /** The synthetic data, whatever --data says. */
  readonly synthetic: SyntheticSpec;
  readonly training: TrainingConfig;
  readonly mgn: MgnTrainingConfig;
}

export interface MgnRequest {
  readonly dataset: DatasetName;
  readonly seed: number;
  /** m of Eq. 2 */
  readonly m: number;
  /** As of a classifier. */
  readonly pretrained?: boolean;
  readonly setting?: Setting;
}

export interface Workbench {
  readonly scale: Scale;
  prepare(dataset: DatasetName, setting?: Setting): Promise<PreparedData>;
  plan(request: RunRequest): Promise<PlannedClassifier>;
  planMgn(request: MgnRequest): Promise<PlannedRun<MgnConfig>>;
  /** The data a run was trained on, or an error that says how to name it. */
  dataOf(config: RunConfig): Promise<PreparedData>;
}

export function createWorkbench(options: WorkbenchOptions): Workbench {
  const { scale, weights } = options;
  const prepared = new Map<string, Promise<PreparedData>>();

  const prepareSpec = (name: DatasetName, spec: SyntheticSpec, folder: string | undefined) => {
    const key = `${name} ${canonicalJson(spec)} ${folder}`;
    const known = prepared.get(key);
    if (known !== undefined) return known;
    const preparing = (async () => {
      const dataset = await openDataset(name, spec, {
        syntheticFolder: resolve("data/synthetic"),
        ...(folder === undefined ? {} : { folder }),
        ferplus: options.ferplus,
        ...(options.custom ? { custom: options.custom } : {}),
        ...(options.onDraw ? { onDraw: options.onDraw } : {}),
      });
      return prepareData(dataset, {
        imageSize: scale.model.imageSize,
        validationShare,
        cacheFolder: resolve(".cache/images"),
        ...(options.storage ? { storage: options.storage } : {}),
        ...(options.onDecode
          ? { onProgress: (done, total) => options.onDecode!(dataset.title, done, total) }
          : {}),
      });
    })();
    prepared.set(key, preparing);
    return preparing;
  };

  const commonConfig = (data: PreparedData, seed: number) => ({
    format: 1 as const,
    data: {
      dataset: data.dataset.name,
      kind: dataKind(data.dataset),
      layout: data.dataset.layout,
      protocol: data.dataset.protocol,
      fingerprint: data.fingerprint,
      validationShare,
    },
    model: { ...scale.model, classes: data.classes.length },
    seed,
  });

  /** The stand-in for ImageNet: on RGB faces of seven classes, whatever it is used for. */
  const planPretraining = async (): Promise<PlannedClassifier | undefined> => {
    if (weights || !scale.pretraining) return undefined;
    const data = await prepareSpec("raf-db", scale.pretraining.data, undefined);
    const { training } = scale.pretraining;
    const config = { kind: "classifier", ...commonConfig(data, 0), training } as const;
    return planRun({ title: "pre-training on easy faces", config, data, after: [] });
  };

  const prepare = (dataset: DatasetName, setting?: Setting) =>
    setting
      ? prepareSpec(dataset, setting.synthetic, undefined)
      : prepareSpec(dataset, scale.synthetic, options.dataFolder);

  const masked = new Map<string, Promise<PreparedData>>();

  /** The same masks on the same pictures are made once; only random ones depend on the seed. */
  const maskedData = (data: PreparedData, control: ControlMask, seed: number) => {
    const drawn = control.mask === "random" ? seed : 0;
    const key = canonicalJson([data.fingerprint, control, drawn]);
    const known = masked.get(key);
    if (known !== undefined) return known;
    const masking = maskPictures(data, control, { model: scale.model, seed });
    masked.set(key, masking);
    return masking;
  };

  const plan = async (request: RunRequest): Promise<PlannedClassifier> => {
    const { dataset, seed, relabel, mgn, control, pretrained = true, setting } = request;
    // A file that does not fit is refused before anything is drawn or decoded.
    const named =
      mgn && "file" in mgn ? await readMgnFile(mgn.file, dataset, scale.model) : undefined;
    const unmasked = await prepare(dataset, setting);
    const data = control ? await maskedData(unmasked, control, seed) : unmasked;
    const before = pretrained ? await planPretraining() : undefined;
    const file = pretrained ? weights : undefined;
    const generator =
      mgn && "m" in mgn
        ? await planMgn({ dataset, seed, m: mgn.m, pretrained, ...(setting ? { setting } : {}) })
        : undefined;
    const m = named?.file.config.m ?? generator?.config.m;
    const config: ClassifierConfig = {
      kind: "classifier",
      ...commonConfig(data, seed),
      training: (setting ?? trainingOn(dataset, scale)).training,
      ...(before ? { pretrained: { run: before.id } } : {}),
      ...(file ? { pretrained: { sha256: file.sha256 } } : {}),
      ...(relabel ? { relabel: relabelConfig(relabel, scale.relabelStart) } : {}),
      ...(m === undefined
        ? {}
        : {
            mgn: {
              ...(named ? { sha256: named.sha256 } : { run: generator!.id }),
              form: maskForm(options.maskForm, m),
            },
          }),
      ...(control ? { control } : {}),
    };
    return planRun({
      title: [
        data.dataset.title,
        ...(setting ? [setting.title] : []),
        ...(m === undefined ? [] : [`MGN m = ${m}`]),
        ...(control ? [`${control.mask} masks`] : []),
        ...(relabel || !setting ? [relabel?.threshold.name ?? "no relabelling"] : []),
        `seed ${seed}`,
      ].join(", "),
      config,
      data,
      after: [before, generator].filter((run) => run !== undefined),
      ...(relabel ? { thresholdSpec: relabel.spec } : {}),
      ...(file ? { pretrainedFile: file.source } : {}),
      ...(named ? { mgnFile: named.path } : {}),
    });
  };

  /** A mask generator: it starts from the classifier without masks or relabelling of the same seed. */
  const planMgn = async ({ m, ...request }: MgnRequest): Promise<PlannedRun<MgnConfig>> => {
    const start = await plan(request);
    const { data } = start;
    const { seed } = request;
    const config: MgnConfig = {
      kind: "mgn",
      ...commonConfig(data, seed),
      m,
      start: { run: start.id },
      training: (request.setting ?? trainingOn(request.dataset, scale)).mgn,
    };
    const title = [
      data.dataset.title,
      ...(request.setting ? [request.setting.title] : []),
      `mask generator m = ${m}`,
      `seed ${seed}`,
    ].join(", ");
    return planRun({ title, config, data, after: [start] });
  };

  return {
    scale,
    prepare,
    async dataOf({ data, model, seed, ...config }) {
      const control = config.kind === "classifier" ? config.control : undefined;
      if (model.imageSize === scale.model.imageSize) {
        const specs = [
          scale.synthetic,
          ...(scale.pretraining ? [scale.pretraining.data] : []),
          ...(data.dataset === clutterDataset ? studies(scale) : []),
        ];
        for (const spec of options.dataFolder === undefined ? specs : [scale.synthetic]) {
          const found = await prepareSpec(data.dataset, spec, options.dataFolder);
          if (found.fingerprint !== data.fingerprint) continue;
          return control ? maskPictures(found, control, { model, seed }) : found;
        }
      }
      throw new UsageError(
        `run on ${data.dataset}: expected the ${data.kind} data it was trained on (fingerprint ${data.fingerprint.slice(0, 12)}), found other data. Pass the same --scale and --data as in training.`,
      );
    },
    plan,
    planMgn,
  };
}

/** The synthetic data of the studies, which all have the same layout. */
function studies(scale: Scale): readonly SyntheticSpec[] {
  return [...clutterSettings(scale), ...maskFactors(scale).map(({ setting }) => setting)].map(
    ({ synthetic }) => synthetic,
  );
}

function relabelConfig(options: RelabelOptions, relabelStart: number): RelabelConfig {
  const { threshold, delta, reference, startEpoch, minTrainAccuracy } = options;
  const { name, parameters } = threshold;
  return {
    threshold: { name, parameters, fingerprint: thresholdFingerprint(threshold) },
    delta: delta ?? policyDefaults.delta,
    reference: reference ?? policyDefaults.reference,
    startEpoch: startEpoch ?? relabelStart,
    ...(minTrainAccuracy === undefined ? {} : { minTrainAccuracy }),
  };
}
