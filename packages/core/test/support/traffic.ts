/** @file What crosses between host and device, seen at ONNX Runtime's own interface. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { vi } from "vitest";

type Tensors = Awaited<ReturnType<InferenceSession["run"]>>;

/** Bytes that a run took from the host and brought to it. */
export interface Traffic {
  readonly fed: number;
  readonly fetched: number;
}

/** Watches until the end of the test: every run adds an entry to `runs`; `alive` holds the device's tensors. */
export function watchTraffic() {
  const runs: Traffic[] = [];
  const alive = new Set<Tensor>();
  const bytesOnHost = (named: Tensors) =>
    Object.values(named)
      .filter(({ location }) => location === "cpu")
      .reduce((total, { data }) => total + (data as Float32Array).byteLength, 0);

  // The class has a prototype, though its type does not say so.
  const { prototype } = InferenceSession as unknown as { readonly prototype: InferenceSession };
  const run: (this: InferenceSession, feeds: Tensors) => Promise<Tensors> = Reflect.get(
    prototype,
    "run",
  );
  vi.spyOn(prototype, "run").mockImplementation(async function watched(
    this: InferenceSession,
    feeds: Tensors,
  ) {
    const fed = bytesOnHost(feeds);
    const results = await run.call(this, feeds);
    for (const x of Object.values(results)) if (x.location === "gpu-buffer") alive.add(x);
    runs.push({ fed, fetched: bytesOnHost(results) });
    return results;
  });
  const dispose = Tensor.prototype.dispose as (this: Tensor) => void;
  vi.spyOn(Tensor.prototype, "dispose").mockImplementation(function watched(this: Tensor) {
    alive.delete(this);
    dispose.call(this);
  });
  return { runs, alive };
}
