/**
 * @file How hard the drawn faces are to read: the knobs, and three settings of them.
 */
import { DatasetError } from "../error.ts";

/** The lowest and the highest value that is drawn, uniformly. */
export type Range = readonly [low: number, high: number];

/**
 * Every knob. Lengths are shares of the picture's side, so both picture sizes look alike.
 *
 * What a knob scales is drawn whether it shows or not: with one seed, the same faces come back with
 * more or less clutter, larger or smaller, and so on.
 */
export interface Difficulty {
  /** Half the head's width. Small heads are hard to read. */
  readonly headHalfWidth: Range;
  /** The farthest that the head's centre lies from the picture's, in each direction. */
  readonly shift: number;
  /** The largest in-plane rotation, in degrees, either way. */
  readonly rotation: number;
  /** The largest turn of the head, in degrees, either way. */
  readonly yaw: number;
  /**
   * How far an expression is from the neutral face; 1 is its prototype. Weak expressions are hard
   * to read.
   */
  readonly intensity: Range;
  /** Standard deviation of the normal noise on every parameter of the expression. */
  readonly jitter: number;
  /**
   * 0 to 1: contrast of the background's texture, share of shapes and of eye- and mouth-like
   * distractors.
   */
  readonly clutter: number;
  /**
   * 0 to 1: the probability, on each side, that another face of an expression of its own looks in.
   * Default 0.
   */
  readonly bystanders?: number;
  /** 0 to 1: the probability that something is in front of the face. */
  readonly occlusion: number;
  /** The largest change of brightness from the picture's middle to its edge, relative. */
  readonly lighting: number;
  /** The largest |ln gamma|. */
  readonly gamma: number;
  /** Standard deviation of the pixel noise, as a share of the full range. */
  readonly noise: number;
  /** The probability that a colour data set's picture is grey. */
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

export const difficulties = {
  /**
   * Large, clear, frontal faces: what a small network learns from nothing, for a pre-trained start.
   */
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
  /** What experiments use unless told otherwise. */
  standard,
  /** Small faces off the middle, among clutter and other faces: where one has to look first. */
  crowd: {
    ...standard,
    headHalfWidth: [0.26, 0.32],
    shift: 0.1,
    clutter: 1,
    bystanders: 0.5,
    occlusion: 0,
  },
  /** Still smaller, and anywhere in the picture: no patch is the background's in every picture. */
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

const shares = ["clutter", "bystanders", "occlusion", "grey"] as const;
const amounts = ["shift", "rotation", "yaw", "jitter", "lighting", "gamma", "noise"] as const;
const ranges = ["headHalfWidth", "intensity"] as const;

function requireThat(holds: boolean, expected: string, got: unknown): void {
  if (holds) return;
  throw new DatasetError(
    `synthesize: expected ${expected}, got ${JSON.stringify(got)}. Correct the difficulty.`,
  );
}

/**
 * The knobs behind a name, or those given, in a fixed order. Throws DatasetError for one out of its
 * range.
 */
export function resolveDifficulty(difficulty: DifficultyName | Difficulty): Difficulty {
  const names = Object.keys(difficulties);
  requireThat(
    typeof difficulty !== "string" || names.includes(difficulty),
    `difficulty ${names.join(" or ")}, or its knobs`,
    difficulty,
  );
  const knobs: Difficulty = typeof difficulty === "string" ? difficulties[difficulty] : difficulty;
  for (const knob of shares) {
    const value = knobs[knob] ?? 0;
    requireThat(value >= 0 && value <= 1, `${knob} from 0 to 1`, value);
  }
  for (const knob of amounts) {
    const value = knobs[knob];
    requireThat(value >= 0 && Number.isFinite(value), `${knob} of 0 or more`, value);
  }
  for (const knob of ranges) {
    const range: Range | undefined = knobs[knob];
    const ordered = range !== undefined && range[0] > 0 && range[0] <= range[1];
    requireThat(ordered, `${knob} as a low and a high value above 0`, range);
  }
  return {
    headHalfWidth: knobs.headHalfWidth,
    shift: knobs.shift,
    rotation: knobs.rotation,
    yaw: knobs.yaw,
    intensity: knobs.intensity,
    jitter: knobs.jitter,
    clutter: knobs.clutter,
    // Left out where there are none: sets drawn before the knob existed are the same sets.
    ...(knobs.bystanders ? { bystanders: knobs.bystanders } : {}),
    occlusion: knobs.occlusion,
    lighting: knobs.lighting,
    gamma: knobs.gamma,
    noise: knobs.noise,
    grey: knobs.grey,
  };
}
