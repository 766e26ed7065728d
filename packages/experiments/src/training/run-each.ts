/** @file A program's runs over a stream of batches, in series where the engine is faster so. */
import type { Executable, Feeds, Results } from "@mvt/core";

/** Every item with the results of its run, in order. `feedsOf` is asked in that order, and just before a call. */
export async function* runEach<Item>(
  executable: Executable,
  items: AsyncIterable<Item>,
  feedsOf: (item: Item) => Feeds,
): AsyncGenerator<readonly [Item, Results]> {
  const { series } = executable;
  let waiting: Item[] = [];
  const run = async () => {
    const feeds = waiting.map((item) => feedsOf(item));
    const results = series ? await series.run(feeds) : [await executable.run(feeds[0]!)];
    const done = waiting.map((item, i) => [item, results[i]!] as const);
    waiting = [];
    return done;
  };
  for await (const item of items) {
    waiting.push(item);
    if (waiting.length >= (series?.length ?? 1)) yield* await run();
  }
  if (waiting.length > 0) yield* await run();
}
