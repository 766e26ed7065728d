/** @file Runs asynchronous calls concurrently, a limited number at a time. */

/** `f` of every item, in order, with at most `limit` calls at a time. Rejects with the first failure. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  f: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries(); // shared: every worker takes the next one
  const work = async () => {
    for (const [i, item] of queue) results[i] = await f(item);
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}

/** `f` of each item, in order, while up to `ahead` calls for later items go on. Ends with the first failure, in that order. */
export async function* mapAhead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  ahead: number,
  f: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const queue: Promise<R>[] = [];
  for await (const item of items) {
    const result = f(item);
    result.catch(() => {}); // thrown where it is awaited, below
    queue.push(result);
    if (queue.length > ahead) yield await queue.shift()!;
  }
  for (const result of queue) yield await result;
}
