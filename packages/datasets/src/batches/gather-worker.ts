/** @file The worker thread of the pool in loader.ts. */
import { move } from "piscina";
import { gather, type GatherTask } from "./gather.ts";

/** The batch's memory is handed over, not copied. */
export default async function gatherAndMove(task: GatherTask) {
  const gathered = await gather(task);
  return gathered instanceof Uint8Array ? move(gathered) : gathered;
}
