/** @file The worker thread of the pool in loader.ts. */
import { move } from "piscina";
import { gather, type GatherTask } from "./gather.ts";

/** The batch's memory is handed over, not copied. */
export default function gatherAndMove(task: GatherTask) {
  return move(gather(task));
}
