import { spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { defaultAugmentation } from "../src/augment/augmentation.ts";
import { createBatchLoader, type Batch, type Epoch } from "../src/batches/loader.ts";
import { balancedOrder, sequentialOrder, shuffledOrder } from "../src/batches/order.ts";
import { allocateImages } from "../src/images/images.ts";

const size = 6;
const length = size * size * 3;

/** `count` pictures that are all different. */
function pictures(count: number) {
  const images = allocateImages(
    Array.from({ length: count }, (_, i) => `train_${i}`),
    size,
  );
  images.pixels.set(images.pixels.map((_, i) => (i * 89 + Math.trunc(i / length) * 31) % 256));
  return images;
}

const images = pictures(11);
const plain: Epoch = { order: sequentialOrder(11), seed: 1, epoch: 0 };
const augmented: Epoch = { ...plain, augmentation: defaultAugmentation };

/** A loader that ends with the test. */
function loaderOf(...[options]: Partial<Parameters<typeof createBatchLoader>[1]>[]) {
  const loader = createBatchLoader(images, { batchSize: 4, ...options });
  onTestFinished(() => loader.close());
  return loader;
}
const collect = (batches: AsyncIterable<Batch>) => Array.fromAsync(batches);

describe("an epoch of batches", () => {
  test("holds every row of the order, in order", async () => {
    const order = shuffledOrder(11, 3, 0);
    const batches = await collect(loaderOf().epoch({ ...plain, order }));
    const rows = batches.flatMap(({ indices, count }) => [...indices.subarray(0, count)]);
    expect(rows).toEqual([...order]);
    for (const { images: copies, indices } of batches) {
      for (const [i, row] of indices.entries()) {
        const original = images.pixels.slice(row * length, (row + 1) * length);
        expect(copies.slice(i * length, (i + 1) * length)).toEqual(original);
      }
    }
  });

  test("fills the last batch up with its last row at weight 0", async () => {
    const last = (await collect(loaderOf().epoch(plain))).at(-1)!;
    expect(last.count).toBe(3);
    expect([...last.indices]).toEqual([8, 9, 10, 10]);
    expect([...last.weights]).toEqual([1, 1, 1, 0]);
    expect(last.images).toHaveLength(4 * length);
    expect(last.images.slice(3 * length)).toEqual(last.images.slice(2 * length, 3 * length));
  });

  test("needs no padding where the batches come out even", async () => {
    const batches = await collect(loaderOf().epoch({ ...plain, order: sequentialOrder(8) }));
    expect(batches.flatMap(({ weights }) => [...weights])).toEqual(Array(8).fill(1));
  });

  test("can leave out its first batches; the others stay as they are", async () => {
    const order = balancedOrder(
      Int32Array.from({ length: 11 }, (_, i) => i % 3),
      1,
      0,
    );
    for (const epoch of [augmented, { ...augmented, order }]) {
      const all = await collect(loaderOf({ threads: 0 }).epoch(epoch));
      for (const skip of [0, 1, 2, 3]) {
        expect(await collect(loaderOf({ threads: 0 }).epoch({ ...epoch, skip }))).toEqual(
          all.slice(skip),
        );
      }
    }
  });

  test("is empty for an empty order", async () => {
    expect(await collect(loaderOf().epoch({ ...plain, order: sequentialOrder(0) }))).toEqual([]);
  });

  test("hands every batch memory of its own", async () => {
    for (const epoch of [plain, augmented]) {
      const batches = await collect(loaderOf().epoch(epoch));
      const buffers = batches.map(({ images: { buffer } }) => buffer);
      expect(new Set(buffers).size).toBe(3);
      for (const buffer of buffers) expect(buffer).toBeInstanceOf(ArrayBuffer);
      expect(buffers.map(({ byteLength }) => byteLength)).toEqual([
        4 * length,
        4 * length,
        4 * length,
      ]);
    }
  });

  test("is the same bytes with any threads, prefetch and batch size", async () => {
    const bytes = async (options: Parameters<typeof loaderOf>[0]) => {
      const batches = await collect(loaderOf(options).epoch(augmented));
      return Buffer.concat(batches.map((batch) => batch.images.subarray(0, batch.count * length)));
    };
    const expected = await bytes({ threads: 0 });
    expect(await bytes({ threads: 1, prefetch: 0 })).toEqual(expected);
    expect(await bytes({ threads: 2, prefetch: 5 })).toEqual(expected);
    expect(await bytes({ threads: 0, batchSize: 1 })).toEqual(expected);
    expect(expected).not.toEqual(Buffer.from(images.pixels));
  });

  test("is augmented anew in the next epoch", async () => {
    const loader = loaderOf({ threads: 0 });
    const [first, again, next] = await Promise.all(
      [0, 0, 1].map((epoch) => collect(loader.epoch({ ...augmented, epoch }))),
    );
    expect(again).toEqual(first);
    expect(next).not.toEqual(first);
  });

  test("augments a row anew each time it comes, the first time as ever", async () => {
    const batch = async (order: readonly number[]) => {
      const epoch = { ...augmented, order: Int32Array.from(order) };
      const [only] = await collect(loaderOf({ threads: 0, batchSize: 3 }).epoch(epoch));
      return [0, 1, 2].map((i) => only!.images.slice(i * length, (i + 1) * length));
    };
    const once = await batch([5, 6, 7]);
    const twice = await batch([5, 6, 5]);
    expect(twice.slice(0, 2)).toEqual(once.slice(0, 2));
    expect(twice[2]).not.toEqual(twice[0]);
    expect((await batch([5, 5, 5]))[1]).toEqual(twice[2]);
  });

  test("can be left early and gone through again", async () => {
    const loader = loaderOf();
    for await (const batch of loader.epoch(augmented)) {
      expect([...batch.indices]).toEqual([0, 1, 2, 3]);
      break;
    }
    expect(await collect(loader.epoch(augmented))).toHaveLength(3);
  });

  test("can run beside another", async () => {
    const loader = loaderOf();
    const both = [augmented, { ...augmented, epoch: 1 }];
    const together = await Promise.all(both.map((epoch) => collect(loader.epoch(epoch))));
    for (const [i, epoch] of both.entries()) {
      expect(together[i]).toEqual(await collect(loader.epoch(epoch)));
    }
  });

  test("prepares ahead while the consumer blocks its thread", async () => {
    const large = allocateImages(["a"], 224);
    const epoch = { ...augmented, order: new Int32Array(3 * 16) };
    const batchesOf = (threads: number) => {
      const loader = createBatchLoader(large, { batchSize: 16, threads, prefetch: 2 });
      onTestFinished(() => loader.close());
      return loader.epoch(epoch)[Symbol.asyncIterator]();
    };
    const start = performance.now();
    await batchesOf(0).next();
    const timePerBatch = performance.now() - start;

    const batches = batchesOf(1);
    await batches.next();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 * timePerBatch);
    let arrived = 0;
    const count = () => (arrived += 1);
    const both = [batches.next().then(count), batches.next().then(count)];
    await setTimeout(timePerBatch / 4); // too short to begin one only now
    expect(arrived).toBe(2);
    await Promise.all(both);
  });

  test("refuses rows that are not there", () => {
    expect(() => loaderOf().epoch({ ...plain, order: Int32Array.of(3, 11) })).toThrow(
      "expected an order of rows below 11, got row 11",
    );
  });

  test("refuses an augmentation that makes no sense", () => {
    const augmentation = { ...defaultAugmentation, flip: 2 };
    expect(() => loaderOf().epoch({ ...plain, augmentation })).toThrow("augmentation.flip");
  });
});

describe("a batch loader", () => {
  test("refuses a batch of no rows", () => {
    expect(() => createBatchLoader(images, { batchSize: 0 })).toThrow(
      "expected batchSize to be a whole number of 1 or more, got 0",
    );
  });

  test("closes in the middle of an epoch, and works again afterwards", async () => {
    const loader = loaderOf();
    const epoch = loader.epoch(augmented)[Symbol.asyncIterator]();
    await epoch.next();
    await loader.close();
    await loader.close();
    expect(await collect(loader.epoch(augmented))).toHaveLength(3);
  });

  test.for([
    ["left early", "break;"],
    ["gone through and closed", ""],
  ])("lets the process exit when an epoch was %s", { timeout: 60_000 }, ([, leave]) => {
    const source = (path: string) =>
      JSON.stringify(new URL(`../src/${path}`, import.meta.url).href);
    const program = `
      import { defaultAugmentation as augmentation } from ${source("augment/augmentation.ts")};
      import { createBatchLoader } from ${source("batches/loader.ts")};
      import { sequentialOrder } from ${source("batches/order.ts")};
      import { allocateImages } from ${source("images/images.ts")};
      const images = allocateImages(["a", "b", "c", "d", "e"], 8);
      const loader = createBatchLoader(images, { batchSize: 1, threads: 2 });
      const epoch = { order: sequentialOrder(5), seed: 0, epoch: 0, augmentation };
      for await (const batch of loader.epoch(epoch)) { ${leave} }
      ${leave ? "" : "await loader.close();"}
      console.log("done");`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", program],
      { encoding: "utf8", timeout: 25_000 },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "done\n", stderr: "" });
  });
});

describe("the order of an epoch", () => {
  test("is every row once", () => {
    expect(sequentialOrder(4)).toEqual(Int32Array.of(0, 1, 2, 3));
    expect(shuffledOrder(100, 1, 0).toSorted()).toEqual(sequentialOrder(100));
  });

  test("is determined by seed and epoch", () => {
    expect(shuffledOrder(100, 1, 0)).toEqual(shuffledOrder(100, 1, 0));
    expect(shuffledOrder(100, 1, 0)).not.toEqual(shuffledOrder(100, 1, 1));
    expect(shuffledOrder(100, 1, 0)).not.toEqual(shuffledOrder(100, 2, 0));
  });
});

describe("a balanced order", () => {
  const labels = Int32Array.from({ length: 10_000 }, (_, i) => (i < 9000 ? 0 : i < 9990 ? 1 : 3));
  const order = balancedOrder(labels, 1, 0);

  /** Draws per class. */
  const perClass = (rows: Int32Array) =>
    [0, 1, 2, 3].map((k) => rows.filter((row) => labels[row] === k).length);

  test("draws as many rows as there are, every class as likely", () => {
    expect(order).toHaveLength(labels.length);
    // 3333 each; the standard deviation of a binomial of 10,000 draws at 1/3 is 47.
    expect(perClass(order)).toBeAllClose([3333, 3333, 0, 3333], { atol: 4 * 47, rtol: 0 });
  });

  test("draws every row of a class as likely, with replacement", () => {
    const times = Array.from(
      { length: 10 },
      (_, i) => order.filter((row) => row === 9990 + i).length,
    );
    expect(times).toBeAllClose(Array<number>(10).fill(333), { atol: 4 * 18, rtol: 0 });
  });

  test("leaves out most of a large class: exp(-n / (classes * rows of it)) of it", () => {
    const drawn = new Set(order.filter((row) => row < 9000)).size;
    expect(1 - drawn / 9000).toBeCloseTo(Math.exp(-10_000 / (3 * 9000)), 1.5);
  });

  test("is determined by seed and epoch", () => {
    expect(balancedOrder(labels, 1, 0)).toEqual(order);
    expect(balancedOrder(labels, 1, 1)).not.toEqual(order);
    expect(balancedOrder(labels, 2, 0)).not.toEqual(order);
  });

  test("does not depend on what the classes are called", () => {
    expect(
      balancedOrder(
        labels.map((label) => 2 * label + 7),
        1,
        0,
      ),
    ).toEqual(order);
  });

  test("is empty for no rows, and that one row for one", () => {
    expect(balancedOrder([], 1, 0)).toEqual(Int32Array.of());
    expect(balancedOrder([4], 1, 0)).toEqual(Int32Array.of(0));
  });
});
