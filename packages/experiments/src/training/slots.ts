/** @file Places for work that is done at the same time, as many as there may be. */

export interface Slots {
  /** Does `work` as soon as a place is free; who asks first comes first. */
  use<Done>(work: () => Promise<Done>): Promise<Done>;
}

/** @param count how many works are done at once */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async use(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
