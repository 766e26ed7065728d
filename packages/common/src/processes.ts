/** @file Processes of this machine, told apart from those of others. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Where process numbers count. */
export interface ProcessPlace {
  readonly host: string;
  /** Differs after every start of the machine. Where the system tells it, as Linux does. */
  readonly boot?: string;
  /** The PID namespace, such as that of a container. Where there are such. */
  readonly namespace?: string;
}

let known: ProcessPlace | undefined;

/** The place of this process. */
export function thisPlace(): ProcessPlace {
  known ??= {
    host: hostname(),
    boot: told(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: told(() => readlinkSync("/proc/self/ns/pid")),
  };
  return known;
}

/** Undefined where the system does not tell. */
function told(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** Whether there is a process of this number in this place, whoever it belongs to. */
export function processExists(id: number): boolean {
  try {
    process.kill(id, 0); // sends nothing
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
