/** @file The argument of `--seeds`. */
import { CommandLineError } from "@mvt/common";

/** `count` seeds from `first` on. */
export function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/**
 * Seeds in their order, each once: "5" is 0 to 4, "5-9" is 5 to 9, and "0,5" or "0-2,7" is a list.
 *
 * @throws CommandLineError for anything else, and for ranges that fall
 */
export function parseSeeds(text: string): readonly number[] {
  const count = /^\d+$/.test(text) ? Number(text) : undefined;
  if (count === undefined ? !text.includes("-") && !text.includes(",") : count < 1) refuse(text);
  if (count !== undefined) return Number.isSafeInteger(count) ? seedsFrom(0, count) : refuse(text);
  const seeds = text.split(",").flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || !Number.isSafeInteger(to) || to < from) return refuse(text);
    return seedsFrom(from, to - from + 1);
  });
  return [...new Set(seeds)];
}

function refuse(text: string): never {
  throw new CommandLineError(
    `--seeds ${text}: expected a whole number of at least 1, a range such as 5-9, or a list such as 0,5.`,
  );
}
