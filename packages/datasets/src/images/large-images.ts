/**
 * @file How many pixels are decoded at once, in all threads of the process together.
 *
 * A PNG of 100 kB can have 100 million pixels. An image of ordinary size is decoded whenever a thread is free; larger
 * ones wait for one of a few permits, so that together they stay within a share of the memory. This delays them and
 * changes nothing else.
 */
import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { availableBytes } from "../memory.ts";

/** Of an image in its file: 134 million, more than a photo of a camera with 108 megapixels. */
export const mostPixels = 2 ** 27;

/** Seconds that libvips may take for one image. An ordinary one takes milliseconds, one of `mostPixels` a few seconds. */
export const mostSeconds = 60;

/** What a pixel takes at most while it is decoded: four channels of 16 bits, twice because images are turned upright. */
const bytesPerPixel = 16;

/** The share of the memory that decoding may take. */
const memoryShare = 0.25;

/** How large images may be, and how many at once, with `memory` bytes and so many `threads`. */
export function decodingLimits(memory = availableBytes(), threads = availableParallelism()) {
  const pixels = (memoryShare * memory) / bytesPerPixel;
  return {
    /** An image of more pixels needs a permit. At most 16.8 million; each thread decodes two smaller ones at once. */
    freePixels: Math.floor(Math.min(2 ** 24, pixels / (2 * threads))),
    /** How many larger ones are decoded at once; one even if the memory is too small for it. */
    permits: Math.min(maximumPermits, Math.max(1, Math.floor(pixels / mostPixels))),
  };
}

const maximumPermits = 8;

/** Every thread has the same permits: a worker gets them from the thread that starts it. */
const name = "mvt: permits to decode large images";
const inherited = getEnvironmentData(name);
const memory =
  inherited instanceof SharedArrayBuffer ? inherited : new SharedArrayBuffer(8 * maximumPermits);
setEnvironmentData(name, memory);

/** When each permit was taken, in milliseconds; 0 if it is free. */
const takenAt = new BigInt64Array(memory);

/** A permit lapses: the thread that took it may have been ended while libvips decoded. */
const lapsesAfter = BigInt(2 * mostSeconds * 1000);

const { freePixels, permits } = decodingLimits();
export { freePixels };

/** How long to wait before asking again. Images that need a permit take longer by far. */
const pauseMilliseconds = 20;

/** Waits for a permit to decode a large image. Call what it returns when the pixels are no longer needed. */
export async function takePermit(): Promise<() => void> {
  for (;;) {
    const now = BigInt(Date.now());
    for (let permit = 0; permit < permits; permit += 1) {
      const held = Atomics.load(takenAt, permit);
      const free = held === 0n || now - held > lapsesAfter;
      if (free && Atomics.compareExchange(takenAt, permit, held, now) === held) {
        return () => void Atomics.compareExchange(takenAt, permit, now, 0n);
      }
    }
    await setTimeout(pauseMilliseconds);
  }
}
