/** @file What a loader finds in a folder and does not use: counted by reason, so that no picture vanishes without a word. */

/** Every reason, and how reports word it. */
export const leftOutReasons = {
  junk: "left by systems and programs",
  other: "no pictures, by their content",
  unlabelled: "pictures without a label",
  dropped: "pictures of classes that are dropped",
  outside: "folders that are no split",
} as const;

export type LeftOutReason = keyof typeof leftOutReasons;

/** Files that were left out for one reason. */
export interface LeftOut {
  readonly reason: LeftOutReason;
  readonly count: number;
  /** The first ten, as paths below the data set's folder. */
  readonly names: readonly string[];
}

const namedOfEach = 10;

/** Gathers what a loader leaves out, and what else a reader of results must know of the files. */
export class Findings {
  readonly #leftOut = new Map<LeftOutReason, { count: number; names: string[] }>();
  readonly #notes: string[] = [];

  /** @param names as a message shows them */
  leaveOut(reason: LeftOutReason, names: readonly string[]): void {
    if (names.length === 0) return;
    const entry = this.#leftOut.get(reason) ?? { count: 0, names: [] };
    this.#leftOut.set(reason, entry);
    entry.count += names.length;
    entry.names.push(...names.slice(0, namedOfEach - entry.names.length));
  }

  /** @param text a clause: "9 images are named otherwise than published: ..." */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** What was left out, in the order of `leftOutReasons`, and the notes; nothing where there is nothing. */
  get all(): { readonly leftOut?: readonly LeftOut[]; readonly notes?: readonly string[] } {
    const leftOut = (Object.keys(leftOutReasons) as LeftOutReason[]).flatMap((reason) => {
      const entry = this.#leftOut.get(reason);
      return entry === undefined ? [] : [{ reason, ...entry }];
    });
    return {
      ...(leftOut.length > 0 && { leftOut }),
      ...(this.#notes.length > 0 && { notes: this.#notes }),
    };
  }
}
