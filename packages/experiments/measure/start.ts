/**
 * @file Times what a command does with a data set before it trains: `node measure/start.ts DATA [SKIP]`, where DATA holds
 * affectnet/, for example as `packages/datasets/measure/many-images.ts` makes it, and SKIP is what `--skip-unreadable` gets.
 *
 * `labels and hashes`: finds the files, reads the labels, hashes the images. `images`: decodes every image once, as a
 * training does that streams them. Prints the seconds of each on the clock, and of the processor in all threads. What is
 * remembered lies in `.cache/images` of the working folder: remove it to start without.
 */
import { createPreparedSets } from "../src/data/prepared-sets.ts";
import { scales } from "../src/settings/scales.ts";

const [, , data, skipUnreadable] = process.argv;
if (data === undefined) throw new Error("expected a folder of data, got none");

async function time<Result>(what: string, run: () => Promise<Result>): Promise<Result> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  const [clock, processor] = [(performance.now() - start) / 1e3, (user + system) / 1e6];
  console.log(`${what}: ${clock.toFixed(2)} s, ${processor.toFixed(2)} s of the processor`);
  return result;
}

const sets = createPreparedSets(
  {
    scale: scales.paper,
    data,
    images: "stream",
    ferplusProtocol: "argmax-10",
    ferplusTrain: "train",
    ferplusLabels: "votes",
    ...(skipUnreadable !== undefined && { skipUnreadable }),
  },
  { onNotice: console.log },
);
const prepared = await time("labels and hashes", () => sets.get("affectnet-8"));
await time("images", () => prepared.open());
console.log(
  `${prepared.train.rows.length} images, fingerprint ${prepared.fingerprint.slice(0, 12)}`,
);
