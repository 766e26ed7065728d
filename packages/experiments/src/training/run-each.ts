/** @file Runs a program on a stream of batches, several runs per call if the backend is faster that way. */
import type { Executable, Feeds, Results } from "@mvt/core";

/** Every item with the results of its run, in order. `feedsOf` is called in that order, right before the runs. */
export async function* runEach<Item>(
  executable: Executable,
  items: AsyncIterable<Item>,
  feedsOf: (item: Item) => Feeds,
): AsyncGenerator<readonly [Item, Results]> {
  const { multiStep } = executable;
  let waiting: Item[] = [];
  const run = async () => {
    const feeds = waiting.map((item) => feedsOf(item));
    const results = multiStep ? await multiStep.run(feeds) : [await executable.run(feeds[0]!)];
    const done = waiting.map((item, i) => [item, results[i]!] as const);
    waiting = [];
    return done;
  };
  for await (const item of items) {
    waiting.push(item);
    if (waiting.length >= (multiStep?.steps ?? 1)) yield* await run();
  }
  if (waiting.length > 0) yield* await run();
}
