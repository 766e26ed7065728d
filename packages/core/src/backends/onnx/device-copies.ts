/** @file Copies of state between host and device, and on the device: sessions of graphs that only copy. */
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { input } from "../../ops/sources.ts";
import { openSession } from "./session.ts";
import type { OnnxOptions } from "./options.ts";
import type { OpenedSession, Ort } from "./session.ts";

export type OrtTensors = ReadonlyMap<string, OrtTensor>;

export interface Copies {
  /** New tensors with the values of the given ones, which may be on the host or on the device. */
  copy(tensors: OrtTensors, to: "host" | "device"): Promise<OrtTensors>;
  dispose(): Promise<void>;
}

/** Opens a session for each set of names when it is copied for the first time. */
export function createCopies(ort: Ort, { device = "cpu" }: OnnxOptions): Copies {
  const sessions = new Map<string, OpenedSession>();
  const sessionFor = async (tensors: OrtTensors, to: "host" | "device") => {
    const key = [to, ...tensors.keys()].join("\n");
    const slots = [...tensors].map(([name, { dims }]) => input(name, dims));
    const opened =
      sessions.get(key) ?? (await openSession(ort, slots, { device }, () => to === "device"));
    sessions.set(key, opened);
    return opened;
  };
  return {
    async copy(tensors, to) {
      if (tensors.size === 0) return tensors;
      const { session, resultNames } = await sessionFor(tensors, to);
      const copies = await session.run(Object.fromEntries(tensors));
      return new Map([...tensors.keys()].map((name, i) => [name, copies[resultNames[i]!]!]));
    },
    async dispose() {
      for (const { session } of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}
