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
