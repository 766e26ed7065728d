/** @file State between host and device: graphs of copies alone, whose results stay there or come here. */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { inputOf } from "../../program/program.ts";
import type { Tensor } from "../../tensor.ts";
import type { NdArray, Weights } from "../../weights/weights.ts";
import { openSession, wrap } from "./session.ts";
import type { OnnxOptions, OpenedSession, Ort } from "./session.ts";

export interface Transfer {
  upload(weights: Weights): Promise<ReadonlyMap<string, OrtTensor>>;
  download(tensors: ReadonlyMap<string, OrtTensor>): Promise<Weights>;
  dispose(): Promise<void>;
}

/** For the state slots that these inputs hold. */
export async function openTransfer(
  ort: Ort,
  slots: readonly Tensor[],
  { device }: OnnxOptions,
): Promise<Transfer> {
  const options = device === undefined ? {} : { device };
  const there = slots.length === 0 ? undefined : await openSession(ort, slots, options, () => true);
  const here = slots.length === 0 ? undefined : await openSession(ort, slots, options);
  const copy = async (direction: OpenedSession | undefined, from: (name: string) => OrtTensor) => {
    if (direction === undefined) return [];
    const names = slots.map((slot) => inputOf(slot).name);
    const feeds = Object.fromEntries(names.map((name) => [name, from(name)]));
    const copied = await direction.session.run(feeds);
    return names.map((name, i) => [name, copied[direction.resultNames[i]!]!] as const);
  };
  return {
    async upload(weights) {
      const source = (name: string) => {
        const { shape, data } = weights.get(name)!;
        return wrap(ort, data, shape, "float32");
      };
      return new Map(await copy(there, source));
    },
    async download(tensors) {
      const copies = await copy(here, (name) => tensors.get(name)!);
      return new Map(
        copies.map(([name, { data, dims }]): [string, NdArray] => [
          name,
          { shape: dims, data: data as Float32Array },
        ]),
      );
    },
    async dispose() {
      await there?.session.release();
      await here?.session.release();
    },
  };
}
