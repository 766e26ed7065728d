/** @file What can be chosen for an image and become of it; apart from the alignment itself, which options need not load. */

/** Which faces of an image with several are written. */
export const severalChoices = ["largest", "all", "skip"] as const;
export type Several = (typeof severalChoices)[number];

/** What became of an image: one face, none, several, a file that is no sound image, or one of too many pixels. */
export const faceStatuses = ["found", "none", "several", "unreadable", "too large"] as const;
export type FaceStatus = (typeof faceStatuses)[number];
