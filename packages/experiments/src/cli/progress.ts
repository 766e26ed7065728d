/**
 * @file Progress that a person can watch: one line that changes on a terminal, plain lines when piped.
 */
import type { RunEvents } from "../runs/plan.ts";
import type { PlannedRun } from "../runs/plan.ts";

export interface Progress extends RunEvents {
  /** A line that stays. */
  readonly say: (line: string) => void;
  readonly onDraw: (title: string) => void;
  readonly onDecode: (title: string, done: number, total: number) => void;
  /** How many images all runs still to train will see, for the time left. */
  readonly expect: (images: number) => void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Images that a run shows its model while it trains. */
export function imagesOf({ config, data }: PlannedRun): number {
  return config.training.epochs * data.train.rows.length;
}

/** Progress on `terminal`, stderr by default, since stdout is for results. */
export function createProgress(terminal: Terminal = process.stderr): Progress {
  const live = terminal.isTTY === true;
  const clear = live ? "\r\u001B[2K" : "";
  const say = (line: string) => void terminal.write(`${clear}${line}\n`);
  const status = (line: string) => {
    if (live) terminal.write(clear + line.slice(0, (terminal.columns ?? 80) - 1));
  };
  let [expected, seen, ofRun] = [0, 0, 0];
  let [heading, latest] = ["", ""];
  let started: number | undefined;
  let drawnAt = 0;

  const timeLeft = () => {
    if (started === undefined || seen === 0) return "";
    const rate = seen / (performance.now() - started); // images per millisecond
    return `${formatSeconds((expected - seen) / rate / 1000)} left`;
  };

  return {
    say,
    expect: (images) => void (expected = images),
    onDraw: (title) => say(`drawing ${title}`),
    onDecode: (title, done, total) => status(`decoding ${title}: ${done} of ${total}`),
    onReuse: ({ title, id }) => say(`${title}: finished already (run ${id})`),
    onRun: (run, index, total) => {
      heading = `[${index}/${total}] ${run.title}`;
      [latest, ofRun] = ["", 0];
      started ??= performance.now();
      say(`${heading}: run ${run.id}`);
    },
    onStep: (epoch, done, total) => {
      const before = (epoch - 1) * total;
      seen += before + done - Math.max(ofRun, before);
      ofRun = before + done;
      if (!live || performance.now() - drawnAt < 100) return;
      drawnAt = performance.now();
      status(
        `${heading}  epoch ${epoch}: ${Math.round((100 * done) / total)}%${latest}  ${timeLeft()}`,
      );
    },
    onEpoch: ({ epoch, loss, train, validation, relabelled, imagesPerSecond }, epochs) => {
      const percent = ({ k, n }: { readonly k: number; readonly n: number }) =>
        `${((100 * k) / n).toFixed(1)}%`;
      latest = `  loss ${loss.toFixed(3)}  train ${percent(train)}  validation ${percent(validation)}`;
      const changes = relabelled > 0 ? `  relabelled ${relabelled}` : "";
      const rate = `${imagesPerSecond} images/s`;
      const line = `epoch ${epoch}/${epochs}${latest}${changes}  ${rate}  ${timeLeft()}`;
      if (live) status(`${heading}  ${line}`);
      else say(`  ${line}`);
    },
  };
}

/** "45 s", "2 min 5 s", "3 h 20 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}
