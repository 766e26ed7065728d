/** @file How hard synthetic faces are to recognise: the parameters, and named settings of them. */
import { requireThat } from "../error.ts";

/** The lowest and the highest value that is drawn, uniformly. */
export type Range = readonly [low: number, high: number];

/**
 * Every parameter. Lengths are shares of the image's side, so that images of every size look alike.
 *
 * A parameter never changes which random numbers are drawn. With one seed, the same faces appear with more or
 * less clutter, larger or smaller, and so on.
 */
export interface Difficulty {
  /** Half the head's width. Small heads are hard to recognise. */
  readonly headHalfWidth: Range;
  /** The largest distance of the head's centre from the image's centre, along each axis. */
  readonly shift: number;
  /** The largest in-plane rotation, in degrees, either way. */
  readonly rotation: number;
  /** The largest turn of the head, in degrees, either way. */
  readonly yaw: number;
  /** How far an expression is from the neutral face; 1 is its prototype. Weak expressions are hard to recognise. */
  readonly intensity: Range;
  /** Standard deviation of the normal noise on every parameter of the expression. */
  readonly jitter: number;
  /**
   * 0 to 1: the contrast of the background's texture, and the share of shapes and of distractors (eyes and
   * mouths that belong to no face).
   */
  readonly clutter: number;
  /** 0 to 1: the probability of another face, with its own expression, on either side of the image. Default 0. */
  readonly bystanders?: number;
  /** 0 to 1: the probability that something is in front of the face. */
  readonly occlusion: number;
  /** The largest relative change of brightness from the middle of the image to its edge. */
  readonly lighting: number;
  /** The largest |ln gamma|. */
  readonly gamma: number;
  /** Standard deviation of the pixel noise, as a share of the full range. */
  readonly noise: number;
  /** The probability that an image of a colour data set is grey. */
  readonly grey: number;
}

const standard = {
  headHalfWidth: [0.305, 0.375],
  shift: 0.05,
  rotation: 10,
  yaw: 18,
  intensity: [0.78, 1.2],
  jitter: 0.07,
  clutter: 0.5,
  occlusion: 0.25,
  lighting: 0.25,
  gamma: 0.25,
  noise: 0.035,
  grey: 0.15,
} as const satisfies Difficulty;

/** Every named difficulty. */
export const difficulties = {
  /** Large, clear, frontal faces, which a small network learns from scratch. For pre-training. */
  easy: {
    headHalfWidth: [0.34, 0.39],
    shift: 0.04,
    rotation: 6,
    yaw: 8,
    intensity: [0.95, 1.25],
    jitter: 0.05,
    clutter: 0.25,
    occlusion: 0.05,
    lighting: 0.15,
    gamma: 0.15,
    noise: 0.02,
    grey: 0.15,
  },
  /** The default of experiments. */
  standard,
  /** Small faces away from the middle, among clutter and other faces, so that a network has to find the face. */
  crowd: {
    ...standard,
    headHalfWidth: [0.26, 0.32],
    shift: 0.1,
    clutter: 1,
    bystanders: 0.5,
    occlusion: 0,
  },
  /** Still smaller faces, anywhere in the image. No patch shows background in every image. */
  moving: {
    ...standard,
    headHalfWidth: [0.2, 0.26],
    shift: 0.22,
    clutter: 1,
    bystanders: 0.5,
    occlusion: 0,
  },
} as const satisfies Record<string, Difficulty>;

export type DifficultyName = keyof typeof difficulties;
export const difficultyNames = Object.keys(difficulties) as readonly DifficultyName[];

const shares = ["clutter", "bystanders", "occlusion", "grey"] as const;
const amounts = ["shift", "rotation", "yaw", "jitter", "lighting", "gamma", "noise"] as const;
const ranges = ["headHalfWidth", "intensity"] as const;

/** The parameters of a name, or those given, in a fixed order. Throws DatasetError for one out of its range. */
export function resolveDifficulty(difficulty: DifficultyName | Difficulty): Difficulty {
  const check = (holds: boolean, expected: string, got: unknown) =>
    requireThat(holds, `synthesize: expected ${expected}`, got, "Correct the difficulty.");
  check(
    typeof difficulty !== "string" || difficultyNames.includes(difficulty),
    `difficulty ${difficultyNames.join(" or ")}, or its parameters`,
    difficulty,
  );
  const given: Difficulty = typeof difficulty === "string" ? difficulties[difficulty] : difficulty;
  for (const name of shares) {
    const value = given[name] ?? 0;
    check(value >= 0 && value <= 1, `${name} from 0 to 1`, value);
  }
  for (const name of amounts) {
    const value = given[name];
    check(value >= 0 && Number.isFinite(value), `${name} of 0 or more`, value);
  }
  for (const name of ranges) {
    const range: Range | undefined = given[name];
    const ordered = range !== undefined && range[0] > 0 && range[0] <= range[1];
    check(ordered, `${name} as a low and a high value above 0`, range);
  }
  return {
    headHalfWidth: given.headHalfWidth,
    shift: given.shift,
    rotation: given.rotation,
    yaw: given.yaw,
    intensity: given.intensity,
    jitter: given.jitter,
    clutter: given.clutter,
    // Left out of the manifest if there are none, as in sets that were drawn before the parameter existed.
    bystanders: given.bystanders || undefined,
    occlusion: given.occlusion,
    lighting: given.lighting,
    gamma: given.gamma,
    noise: given.noise,
    grey: given.grey,
  };
}
