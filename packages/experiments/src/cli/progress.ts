/** @file Progress: one line that changes on a terminal, plain lines in a pipe. */
import { printable, sum } from "@mvt/common";
import type { RunEvents } from "../training/execute.ts";
import type { PlannedRun, RunPlan } from "../runs/planned-run.ts";
import { clearOf, clearStatus, currentVerbosity, say as sayOn } from "./messages.ts";
import type { Terminal, Verbosity } from "./messages.ts";

export interface Progress extends Required<Omit<RunEvents, "onEpoch">> {
  /** An epoch is over; `line` tells how it went. */
  readonly onEpoch: (run: PlannedRun, line: string) => void;
  /** A line that stays. */
  readonly say: (line: string) => void;
  readonly onDraw: (title: string) => void;
  readonly onNote: (line: string) => void;
  readonly onDecode: (title: string, done: number, total: number) => void;
  /** Something that the command goes on without. */
  readonly onNotice: (line: string) => void;
  /** The runs that are about to train, for the counts and the time left. */
  readonly expect: (plan: Pick<RunPlan, "missing" | "shared">) => void;
  /** Clears the changing line, before something else is written. */
  readonly end: () => void;
}

/** Milliseconds between two drawings of the changing line. */
const refresh = 100;

/** Images that a run shows its model while it trains, without those of epochs that another run trains for it. */
export function imagesOf({ id, config, data }: PlannedRun, shared?: RunPlan["shared"]): number {
  const epochs = config.training.epochs - (shared?.get(id)?.epochs ?? 0);
  const fold = config.kind === "classifier" ? config.fold : undefined;
  const kept = data.train.rows.length * (fold === undefined ? 1 : 1 - 1 / fold.of);
  return Math.round(epochs * kept);
}

/** Progress on `terminal`, stderr by default, since stdout is for results. Quiet progress tells only of failures. */
export function createProgress(
  terminal: Terminal = process.stderr,
  verbosity: Verbosity = currentVerbosity(),
): Progress {
  const live = terminal.isTTY === true && verbosity !== "quiet";
  const everyEpoch = !live || verbosity === "verbose";
  const say = (line: string) => sayOn(line, terminal, verbosity);
  const status = (line: string) => {
    if (!live) return;
    terminal.write(clearOf(terminal) + printable(line).slice(0, (terminal.columns || 80) - 1));
  };
  let [runs, images, finished] = [0, 0, 0];
  let started = 0;
  let missing: ReadonlySet<PlannedRun> = new Set();
  let shared: RunPlan["shared"] = new Map();
  let drawnAt = -Infinity;
  /** Images seen, and what the last epoch gave, by run. */
  const seen = new Map<PlannedRun, number>();
  const latest = new Map<PlannedRun, string>();

  const timeLeft = () => {
    const done = sum(seen.values());
    const rate = done / (performance.now() - started); // images per millisecond
    return done === 0 ? "" : `${formatSeconds((images - done) / rate / 1000)} left`;
  };
  const drawStatus = () => {
    if (!live || performance.now() - drawnAt < refresh) return;
    drawnAt = performance.now();
    const active = [...latest].map(([{ title }, line]) => `${title}: ${line}`).join(" | ");
    status(`${finished}/${runs} runs, ${timeLeft()}  ${active}`);
  };

  return {
    say,
    end: () => clearStatus(terminal),
    expect: (plan) => {
      runs = plan.missing.length;
      missing = new Set(plan.missing);
      shared = plan.shared;
      images = sum(plan.missing.map((run) => imagesOf(run, shared)));
      started = performance.now();
    },
    onNote: say,
    onDraw: (title) => say(`drawing ${title}`),
    onDecode: (title, done, total) => status(`decoding ${title}: ${done} of ${total}`),
    onNotice: say,
    onReuse: (run) => {
      say(`${run.title}: finished already (run ${run.id})`);
      if (!missing.has(run)) return;
      finished += 1; // another process has trained it meanwhile
      images -= imagesOf(run, shared);
    },
    onRunNotice: ({ title }, notice) => say(`${title}: ${notice}`),
    onWait: ({ title, id }, holder) =>
      say(`waiting for ${holder}, which trains ${title} (run ${id})`),
    onFail: (run, reason) => {
      latest.delete(run);
      images -= imagesOf(run, shared) - (seen.get(run) ?? 0);
      const failure = `${run.title}: failed (run ${run.id}): ${reason}`;
      sayOn(failure, terminal, verbosity === "quiet" ? "normal" : verbosity);
    },
    onStart: (run) => {
      latest.set(run, "starting");
      if (everyEpoch) say(`${run.title}: training (run ${run.id})`);
    },
    onStep: (run, epoch, done, total) => {
      seen.set(run, (epoch - 1 - (shared.get(run.id)?.epochs ?? 0)) * total + done);
      drawStatus();
    },
    onEpoch: (run, line) => {
      latest.set(run, line);
      if (everyEpoch) say(`${run.title}: ${line}  ${timeLeft()}`);
      if (live) drawStatus();
    },
    onDone: (run) => {
      const line = latest.get(run) ?? "";
      latest.delete(run);
      finished += 1;
      if (live) say(`${run.title}: done, ${line}`);
    },
  };
}

/** "45 s", "2 min 5 s", "3 h 20 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "1 run", "2 runs". */
export function countedRuns(n: number): string {
  return n === 1 ? "1 run" : `${n} runs`;
}
