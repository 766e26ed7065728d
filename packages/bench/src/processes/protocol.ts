/**
 * @file How the benchmark talks to a competitor, which is a process of its own: it is asked on stdin and replies
 * on stdout, one JSON object per line.
 *
 *     <- {"ready": "PyTorch 2.13.0", "notes": []}      once it is warmed up
 *     -> {"steps": 3}                                  run and time three steps
 *     -> {"steps": 1, "images": 32}                    the same, of 32 images each
 *     <- {"seconds": [0.71, 0.70, 0.71], "peak": 1350000000}
 *     <- {"error": "expected ..., got ..."}            in place of any reply; the process then ends
 *
 * Lines that do not begin with a brace are ignored. A competitor ends when its stdin does.
 */
import { z } from "zod";

export const request = z.strictObject({
  steps: z.int().positive(),
  /** Images per step, for a competitor that can take any number of them. */
  images: z.int().positive().optional(),
});
export type Request = Readonly<z.infer<typeof request>>;

const ready = z.strictObject({
  /** What computes, with its version. */
  ready: z.string(),
  /** What a reader must know to judge its times. */
  notes: z.array(z.string()).readonly(),
});
export type Ready = Readonly<z.infer<typeof ready>>;

/** A `TimedProduct` of @mvt/report. */
const product = z.strictObject({
  shape: z.string(),
  count: z.int(),
  flop: z.number(),
  seconds: z.number(),
  threads: z.int(),
});

const timed = z.strictObject({
  /** Of each step. */
  seconds: z.array(z.number().positive()).readonly(),
  /** The most memory that the process ever had, in bytes, where it was counted. */
  peak: z.number().optional(),
  /** The single products, where a step is the matrix products alone. */
  products: z.array(product).readonly().optional(),
});
export type Timed = Readonly<z.infer<typeof timed>>;

const failed = z.strictObject({ error: z.string() });

export const firstReply = z.union([ready, failed]);
export const reply = z.union([timed, failed]);
