/** @file Plans runs from what was asked for: their configurations, titles, data and the runs they need. */
import { backbones, deit } from "@mvt/core";
import type { DatasetName } from "@mvt/datasets";
import { maskForm } from "@mvt/mgn";
import type { MaskFormName } from "@mvt/mgn";
import { parseThresholdSpec, policyDefaults } from "@mvt/relabel";
import type { PredictionSource, Reference, Threshold } from "@mvt/relabel";
import type { DataDescription } from "@mvt/report";
import { maskImages } from "../data/control-masks.ts";
import { withoutNoise } from "../data/prepared-sets.ts";
import type { PreparedSets } from "../data/prepared-sets.ts";
import type { PreparedData } from "../data/prepared.ts";
import type { DataRequest } from "../data/source.ts";
import type { PretrainedFile } from "../pretrained/weights-file.ts";
import { commonConfig, relabelConfig, withoutAbsent } from "../runs/configure.ts";
import { readMgnFile } from "../runs/mgn-file.ts";
import { planRun } from "../runs/planned-run.ts";
import type { PlannedClassifier, PlannedRun } from "../runs/planned-run.ts";
import { describeData } from "../runs/provenance.ts";
import { canonicalJson } from "../settings/run-config.ts";
import type { ClassifierConfig, ControlMask, MgnConfig } from "../settings/run-config.ts";
import { requireCompatible } from "../settings/regularisation.ts";
import { scales, trainingOn } from "../settings/scales.ts";
import type { SyntheticSpec, TrainingSettings } from "../settings/scales.ts";
import { classTermsOf } from "../training/regularisation.ts";
import { planLabels } from "./plan-labels.ts";
import type { LabelRequest, NoiseRequest } from "./plan-labels.ts";

/** What was asked for of every run, by the names of the options. */
export interface PlanRequest extends DataRequest {
  /** The file of --weights; absent where the scale pre-trains itself or training starts from scratch. */
  readonly weights?: PretrainedFile;
  /** False where `--weights none` asks for training from scratch. */
  readonly pretrained: boolean;
  /** In which form classifiers apply masks. */
  readonly maskForm: MaskFormName;
  /** δ of Eq. 6. */
  readonly delta: number;
  readonly reference: Reference;
  /** What Eq. 6 decides on; those of the training step if absent. */
  readonly predictions?: PredictionSource;
  /** The first epoch that relabels; the scale's if absent. */
  readonly relabelStart?: number;
  readonly minTrainAccuracy?: number;
  /** Noise in the labels of every run; what the data have if absent. */
  readonly noise?: NoiseRequest;
  /** Noisy if absent. */
  readonly validationLabels?: LabelRequest["validationLabels"];
  /** The settings of --set, which set the titles of runs apart: "epochs=3". */
  readonly changes?: readonly string[];
}

/** A function f, and how `--threshold` names it. */
export interface NamedThreshold {
  readonly spec: string;
  readonly threshold: Threshold;
}

/** What a study changes of its scale. */
export interface StudySetting extends TrainingSettings {
  /** "clutter 1, occlusion 0", for the titles of runs. */
  readonly title: string;
  /** Whose layout and classes the faces have. */
  readonly dataset: DatasetName;
  /** The synthetic faces, whatever --data says. */
  readonly synthetic: SyntheticSpec;
}

/** What sets a run apart from the others of a command. */
interface RunSpec extends LabelRequest {
  readonly dataset: DatasetName;
  readonly seed: number;
  /** Start from the scale's pre-training or from --weights; as was asked for if absent. */
  readonly pretrained?: boolean;
  /** Other data and another training than the scale's. */
  readonly setting?: StudySetting;
}

export interface ClassifierSpec extends RunSpec {
  /** Relabel with this f. */
  readonly relabel?: NamedThreshold;
  /** What Eq. 6 decides on; as was asked for if absent. */
  readonly predictions?: PredictionSource;
  /** The first epoch that relabels; as was asked for if absent. */
  readonly relabelStart?: number;
  /** Mask the images with a frozen generator: one trained for this m, whose run comes first, or a file. */
  readonly mgn?: { readonly m: number } | { readonly file: string };
  /** Put this mask on the images instead. */
  readonly control?: ControlMask;
}

export interface MgnSpec extends RunSpec {
  /** m of Eq. 2 */
  readonly m: number;
}

export interface Planner {
  readonly request: PlanRequest;
  /** The data of a setting, or those that were asked for; drawn faces without drawn-in noise if noise is put into them. */
  prepare(
    dataset: DatasetName,
    setting?: StudySetting,
    noise?: NoiseRequest,
  ): Promise<PreparedData>;
  /** What reports say of these data. */
  describe(
    dataset: DatasetName,
    setting?: StudySetting,
    labels?: LabelRequest,
  ): Promise<DataDescription>;
  /** The run that replaces pre-training on ImageNet; undefined where --weights or the scale has none. */
  pretraining(): Promise<PlannedClassifier | undefined>;
  classifier(spec: ClassifierSpec): Promise<PlannedClassifier>;
  /** A mask generator, which starts from the classifier of the same seed without masks and relabelling. */
  maskGenerator(spec: MgnSpec): Promise<PlannedRun<MgnConfig>>;
  /** A planner of the same data, for runs of which something else was asked for. */
  with(changes: Partial<PlanRequest>): Planner;
}

/** A planner for a command. Runs that share data or masks open or draw them once. */
export function createPlanner(request: PlanRequest, sets: PreparedSets): Planner {
  const { scale, weights, changes = [] } = request;
  const { backbone } = scale.model;
  /** For the titles of runs, unless it is the default. */
  const backboneTitle = backbone && backbones[backbone].title;
  const { heads } = scale.model;
  const usual = scales[scale.name].model;
  const variant = Object.entries(deit.variants).find(
    ([, { width, depth }]) => width === scale.model.width && depth === scale.model.depth,
  );
  /** The published size of --size, where it is not the scale's. */
  const sized = scale.model.width === usual.width ? undefined : variant;
  const variantTitle = sized?.[0];
  const own = sized?.[1] ?? usual;
  const headsTitle = heads !== own.heads && `${heads} heads`;
  const poolingTitle = scale.model.pooling === "average" && "average pooling";

  const { imageSize } = scale.model;
  const sizeTitle = imageSize !== own.imageSize && `${imageSize} x ${imageSize} pixels`;

  /** Pre-training in place of ImageNet: on RGB faces of seven classes, whatever it is used for. */
  const pretraining = async (): Promise<PlannedClassifier | undefined> => {
    if (weights || !scale.pretraining) return undefined;
    const data = await sets.synthetic("raf-db", scale.pretraining.data);
    const { training } = scale.pretraining;
    const config = { kind: "classifier", ...commonConfig(data, scale, 0), training } as const;
    return planRun({ title: "pre-training on easy faces", config, data, after: [] });
  };

  const prepare: Planner["prepare"] = (dataset, setting, noise = request.noise) => {
    const clean = noise !== undefined;
    if (setting === undefined) return sets.get(dataset, { clean });
    return sets.synthetic(dataset, clean ? withoutNoise(setting.synthetic) : setting.synthetic);
  };

  const labelsOf = (data: PreparedData, asked: LabelRequest) =>
    planLabels(data, {
      noise: asked.noise ?? request.noise,
      trueLabels: asked.trueLabels,
      validationLabels: asked.validationLabels ?? request.validationLabels,
    });

  const masked = new Map<string, PreparedData>();

  /** The same masks on the same images are made once; only random ones depend on the seed. */
  const maskedData = (data: PreparedData, control: ControlMask, seed: number) => {
    const drawn = control.mask === "random" ? seed : 0;
    const key = canonicalJson([data.fingerprint, control, drawn]);
    return masked.getOrInsertComputed(key, () =>
      maskImages(data, control, { model: scale.model, seed }),
    );
  };

  const planner: Planner = {
    request,
    prepare,
    pretraining,
    async describe(dataset, setting, labels = {}) {
      const data = await prepare(dataset, setting, labels.noise);
      return describeData(data, labelsOf(data, labels).config);
    },
    async classifier({
      relabel,
      predictions = request.predictions ?? policyDefaults.predictions,
      relabelStart,
      mgn,
      control,
      ...spec
    }) {
      const { dataset, seed, pretrained = request.pretrained, setting } = spec;
      const { training } = setting ?? trainingOn(dataset, scale);
      // What does not fit is refused before anything is drawn or decoded.
      requireCompatible({ training, relabel: relabel && { predictions } });
      const named =
        mgn && "file" in mgn ? await readMgnFile(mgn.file, dataset, scale.model) : undefined;
      const unmasked = await prepare(dataset, setting, spec.noise);
      classTermsOf(training, unmasked); // refuses a class without images before other runs train
      const data = control ? maskedData(unmasked, control, seed) : unmasked;
      const before = pretrained ? await pretraining() : undefined;
      const file = pretrained ? weights : undefined;
      const generator =
        mgn && "m" in mgn ? await planner.maskGenerator({ ...spec, m: mgn.m }) : undefined;
      const m = named?.file.config.m ?? generator?.config.m;
      const labels = labelsOf(data, spec);
      const config: ClassifierConfig = {
        kind: "classifier",
        ...commonConfig(data, scale, seed),
        ...labels.config,
        training,
        pretrained: before ? { run: before.id } : file && { sha256: file.sha256, ...file.options },
        relabel:
          relabel &&
          relabelConfig({
            ...request,
            threshold: relabel.threshold,
            predictions,
            startEpoch: relabelStart ?? request.relabelStart ?? scale.relabelStart,
          }),
        mgn:
          m === undefined
            ? undefined
            : {
                ...(named ? { sha256: named.sha256 } : { run: generator!.id }),
                form: maskForm(request.maskForm, m),
              },
        control,
      };
      return planRun({
        title: [
          data.dataset.title,
          backboneTitle,
          variantTitle,
          poolingTitle,
          headsTitle,
          sizeTitle,
          setting?.title,
          ...labels.titles,
          m !== undefined && `MGN m = ${m}`,
          control && `${control.mask} masks`,
          (relabel || !setting) && (relabel ? titleOf(relabel) : "no relabelling"),
          ...(setting ? [] : changes.filter((text) => m !== undefined || !text.startsWith("mgn."))),
          relabel && predictions !== "step" && `predictions ${predictions}`,
          ...(relabel
            ? relabelTitles({ ...request, relabelStart: relabelStart ?? request.relabelStart })
            : []),
          `seed ${seed}`,
        ]
          .filter(Boolean)
          .join(", "),
        config: withoutAbsent(config),
        data,
        after: [before, generator, ...labels.after].filter((run) => run !== undefined),
        thresholdSpec: relabel?.spec,
        listed: labels.listed,
        pretrainedFile: file?.source,
        pretrainedAbout: file?.lineage.about,
        mgnFile: named?.path,
      });
    },
    async maskGenerator({ m, ...spec }) {
      const start = await planner.classifier(spec);
      const { data } = start;
      const { dataset, seed, setting } = spec;
      const labels = labelsOf(data, spec);
      const config: MgnConfig = {
        kind: "mgn",
        ...commonConfig(data, scale, seed),
        ...labels.config,
        m,
        start: { run: start.id },
        training: (setting ?? trainingOn(dataset, scale)).mgn,
      };
      const title = [
        data.dataset.title,
        backboneTitle,
        variantTitle,
        poolingTitle,
        headsTitle,
        sizeTitle,
        setting?.title,
        ...labels.titles,
        `mask generator m = ${m}`,
        ...(setting ? [] : changes),
        `seed ${seed}`,
      ];
      return planRun({
        title: title.filter(Boolean).join(", "),
        config,
        data,
        listed: labels.listed,
        after: [start, ...labels.after],
      });
    },
    with: (changed) => createPlanner({ ...request, ...changed }, sets),
  };
  return planner;
}

/** "power" with the parameters that were typed: "power:exponent=3". */
function titleOf({ spec, threshold }: NamedThreshold): string {
  const typed = Object.keys(parseThresholdSpec(spec).parameters);
  const values = typed.map((key) => `${key}=${threshold.parameters[key]}`);
  return values.length === 0 ? threshold.name : `${threshold.name}:${values.join(",")}`;
}

/** How relabelling differs from its defaults, as far as it was asked for of every run. */
function relabelTitles({ delta, reference, relabelStart, minTrainAccuracy }: PlanRequest) {
  return [
    delta !== policyDefaults.delta && `δ = ${delta}`,
    reference !== policyDefaults.reference && `reference ${reference}`,
    relabelStart !== undefined && `from epoch ${relabelStart}`,
    minTrainAccuracy !== undefined && `from training accuracy ${minTrainAccuracy}`,
  ];
}
