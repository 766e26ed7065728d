/**
 * @file How the benchmark talks to a contestant: a process of its own that is asked on stdin and answers
 * on stdout, one JSON object per line.
 *
 *     <- {"ready": "PyTorch 2.13.0", "notes": []}      once it is warm
 *     -> {"steps": 3}                                  time so many steps
 *     -> {"steps": 1, "images": 32}                    of so many images, where that is not settled
 *     <- {"seconds": [0.71, 0.70, 0.71], "peak": 1350000000}
 *     <- {"error": "expected ..., got ..."}            in place of any answer; it then ends
 *
 * A line that does not begin with a brace is chatter. A contestant ends when its stdin does.
 */
import { z } from "zod";

export const request = z.strictObject({
  steps: z.int().positive(),
  /** At once, of a contestant that takes any number. */
  images: z.int().positive().exactOptional(),
});
export type Request = Readonly<z.infer<typeof request>>;

const ready = z.strictObject({
  /** What computes, with its version. */
  ready: z.string(),
  /** What a reader must know to judge its times. */
  notes: z.array(z.string()).readonly(),
});
export type Ready = Readonly<z.infer<typeof ready>>;

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
  /** Bytes, where memory was counted. */
  peak: z.number().exactOptional(),
  /** Of a floor. */
  products: z.array(product).readonly().exactOptional(),
});
export type Timed = Readonly<z.infer<typeof timed>>;

const failed = z.strictObject({ error: z.string() });

export const firstAnswer = z.union([ready, failed]);
export const answer = z.union([timed, failed]);
