/** @file Settings of training that are changed on the command line. */
import { scales } from "@mvt/experiments";
import { describe, expect, test } from "vitest";
import { trainingConfig, override, settingPaths, settings } from "../src/settings/training.ts";
import { fromPretrained as training, scaleWith } from "../src/settings/scales.ts";

describe("--set", () => {
  test("changes the settings that it names, and no other", () => {
    const changed = override(trainingConfig, training, ["epochs=3", "adamw.betas=[0.8,0.9]"]);
    expect(changed).toEqual({
      ...training,
      epochs: 3,
      adamw: { ...training.adamw, betas: [0.8, 0.9] },
    });
  });

  test.for(["__proto__.polluted=1", "augmentation.__proto__.polluted=1"])(
    "does not reach what all objects share: %s",
    (assignment) => {
      expect(() => override(trainingConfig, training, [assignment])).toThrow("there is no setting");
      expect({}).not.toHaveProperty("polluted");
    },
  );

  test("refuses a magnitude of TrivialAugment, which draws it", () => {
    const assignments = ["augmentation.auto.kind=trivial", "augmentation.auto.magnitude=5"];
    expect(() => override(trainingConfig, training, assignments)).toThrow(
      "augmentation.auto: operations and magnitude are of kind rand; trivial has neither.",
    );
  });

  test.for(["augmentation.flip=0", "adamw.weightDecay=0.3"])(
    "changes mask generators only by paths under mgn: %s",
    (assignment) => {
      for (const scale of ["quick", "paper"] as const) {
        const { training: changed, mgn } = scaleWith(scale, [assignment]);
        expect(changed).not.toEqual(scales[scale].training);
        expect(mgn).toEqual(scales[scale].mgn);
        expect(scaleWith(scale, [`mgn.${assignment}`]).training).toEqual(scales[scale].training);
      }
    },
  );

  test("adds a setting that a scale leaves to its default", () => {
    expect(training).not.toHaveProperty("sampler");
    expect(override(trainingConfig, training, ["sampler=balanced"])).toEqual({
      ...training,
      sampler: "balanced",
    });
  });

  test.each([
    ["sampler=fair", 'sampler: Invalid option: expected one of "shuffled"|"balanced".'],
    ["epochs=0", "epochs: Too small: expected number to be >0."],
    ["augmentation.erasing.p=7", "augmentation.erasing.p: Too big: expected number to be <=1."],
    [
      "augmentation.auto.kind=triv",
      'augmentation.auto.kind: Invalid option: expected one of "rand"|"trivial".',
    ],
    [
      "augmentation.erasing.color=1",
      'there is no setting augmentation.erasing.color. Did you mean "augmentation.erasing.scale"? Settings: epochs,',
    ],
  ])("says what is wrong with %s", (assignment, message) => {
    expect(() => override(trainingConfig, training, [assignment])).toThrow(
      `--set ${assignment}: ${message}`,
    );
  });

  test("suggests the nearest of all settings, whether the scale sets it or not", () => {
    const refused = (assignment: string) => () => scaleWith("quick", [assignment]);
    expect(refused("epoch=3")).toThrow('there is no setting epoch. Did you mean "epochs"?');
    expect(refused("samplr=balanced")).toThrow('Did you mean "sampler"?');
    expect(refused("mgn.epoch=3")).toThrow('Did you mean "mgn.epochs"?');
  });

  test("knows every setting by its path", () => {
    const paths = settingPaths(settings);
    expect(paths).toEqual(
      expect.arrayContaining([
        "epochs",
        "sampler",
        "adamw.weightDecay",
        "augmentation.erasing",
        "augmentation.erasing.p",
        "mgn.learningRate.generator",
      ]),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("says what a part lacks that it switches on", () => {
    const { erasing: _, ...rest } = training.augmentation;
    const off = { ...training, augmentation: { ...rest, erasing: false } } as const;
    expect(() => override(trainingConfig, off, ["augmentation.erasing.p=0.5"])).toThrow(
      "--set augmentation.erasing.p=0.5: augmentation.erasing.scale: Invalid input: expected tuple",
    );
  });
});

describe("--set optimizer", () => {
  const { mgn } = scales.quick;
  const { adamw, ...rest } = training;

  test("brings the settings of the optimiser along, and takes those of AdamW away", () => {
    const changed = override(trainingConfig, training, ["optimizer=sgd"]);
    expect(changed).toEqual({
      ...rest,
      optimizer: "sgd",
      sgd: { momentum: 0.9, weightDecay: 0 },
    });
    expect(changed).not.toHaveProperty("adamw");
  });

  test.each([
    [["optimizer=sgd", "sgd.momentum=0.8", "sgd.weightDecay=1e-4"]],
    [["sgd.momentum=0.8", "sgd.weightDecay=1e-4", "optimizer=sgd"]],
  ])("may stand before or behind its settings: %s", (assignments) => {
    expect(override(trainingConfig, training, assignments).sgd).toEqual({
      momentum: 0.8,
      weightDecay: 1e-4,
    });
  });

  test("adds nothing where it names AdamW, which every scale has", () => {
    expect(override(trainingConfig, training, ["optimizer=adamw"])).toEqual(training);
    const weaker = override(trainingConfig, training, [
      "optimizer=adamw",
      "adamw.weightDecay=0.01",
    ]);
    expect(weaker).toEqual({ ...training, adamw: { ...adamw, weightDecay: 0.01 } });
  });

  test("is there for mask generators, under mgn", () => {
    const changed = override(settings, { ...training, mgn }, [
      "mgn.optimizer=sgd",
      "mgn.sgd.clipNorm=1",
    ]);
    const { adamw: _, ...others } = mgn;
    expect(changed).toEqual({
      ...training,
      mgn: {
        ...others,
        optimizer: "sgd",
        sgd: { momentum: 0.9, weightDecay: 0, clipNorm: 1 },
      },
    });
  });

  test.each([
    [
      ["sgd.momentum=0.8"],
      "--set sgd.momentum=0.8: expected settings of the optimiser adamw, got one of sgd. Set adamw.*, or add --set optimizer=sgd.",
    ],
    [
      ["optimizer=sgd", "adamw.weightDecay=0.1"],
      "--set adamw.weightDecay=0.1: expected settings of the optimiser sgd, got one of adamw. Set sgd.*, or add --set optimizer=adamw.",
    ],
    [["optimizer=adam"], 'optimizer: Invalid option: expected one of "adamw"|"sgd"'],
    [["adamw.betas=[1,0.999]"], "adamw.betas.0: Too big: expected number to be <1"],
    [["adamw.betas=[0.9,1]"], "adamw.betas.1: Too big: expected number to be <1"],
    [["adamw.betas=[-0.1,0.9]"], "adamw.betas.0: Too small"],
    [["optimizer=sgd", "sgd.momentum=1"], "sgd.momentum: Too big: expected number to be <1"],
    [
      ["optimizer=sgd", "sgd.momentum=0", "sgd.nesterov=true"],
      "sgd: nesterov expects a momentum above 0, got 0",
    ],
    [["optimizer=sgd", "sgd.betas=[0.9,0.9]"], "there is no setting sgd.betas."],
  ])("says what is wrong with %s", (assignments, message) => {
    expect(() => override(trainingConfig, training, assignments)).toThrow(message);
  });
});
