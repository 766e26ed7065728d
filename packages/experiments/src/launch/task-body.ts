/**
 * @file The shell text of a task: it runs a command so that Slurm may interrupt it, and has Slurm start the task again
 * where it was interrupted.
 *
 * - Some time before the time limit Slurm sends SIGUSR1 to the script alone (`--signal=B:USR1@120`). The script asks the
 *   command to stop at a checkpoint, waits for it, and requeues the task. It asks with SIGTERM: until training begins,
 *   Node takes SIGUSR1 for the wish to open a debugger.
 * - At a preemption and at `scancel` Slurm sends SIGTERM and, KillWait later (30 s by default), SIGKILL. It requeues the
 *   task itself, or does not want it any more; so the script only waits for the checkpoint. `scontrol requeue` would bring
 *   a cancelled job back. By some of Slurm's settings the command gets the signal as well; for it, two SIGTERM are one.
 * - A command that was killed, such as for lack of memory, is started again.
 * - A task is not requeued for ever: after three restarts only if the last one wrote a newer checkpoint.
 */
import { quoteWord, quoteWords } from "./shell-words.ts";

/** Restarts that need no progress: a node may fail while data are being read. */
const restartsWithoutProgress = 3;

/** Exit codes after which a task may go on: those of SIGKILL, SIGUSR1 and SIGTERM. */
const interrupted = [137, 138, 143];

/**
 * The text that runs `command` as a task, whose exit code is that of the command. It is the last of a script for bash, in
 * which MVT_ONLY_RUNS is the id of the run that the command trains.
 *
 * @param runsFolder where the checkpoints of the run are
 */
export function taskBody(command: readonly string[], runsFolder: string): string {
  return `\
run=${quoteWord(runsFolder)}/$MVT_ONLY_RUNS
task=\${SLURM_ARRAY_TASK_ID:+\${SLURM_ARRAY_JOB_ID}_}\${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}
restarts=\${SLURM_RESTART_COUNT:-0}
newest() { ls "$run" 2>/dev/null | grep '^checkpoint-[0-9]*[.]safetensors$' | tail -n 1; }
note() { printf 'task %s: %s\\n' "$task" "$*" >&2; }
child= asked=
stop() {
  asked=yes
  if [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null; fi
}
trap stop USR1 TERM
before=$(newest)

${quoteWords(command)} &
child=$!
if [ -n "$asked" ]; then stop; fi
# A signal ends \`wait\` before the command has ended.
while wait "$child"; code=$?; kill -0 "$child" 2>/dev/null; do :; done
wait "$child" 2>/dev/null; last=$?
if [ "$last" != 127 ]; then code=$last; fi

case $code in ${interrupted.join(" | ")}) ;; *) exit "$code" ;; esac
# Others were cancelled, or Slurm requeues them itself: they may run on another node by now, with a restart more.
case $(scontrol -o show job "$task") in
  *' JobState=RUNNING '*" Restarts=$restarts "*) ;;
  *' JobState=COMPLETING Reason=TimeLimit '*" Restarts=$restarts "*) ;;
  *)
    note "interrupted (exit code $code) after $restarts restarts; Slurm decides whether it goes on"
    exit "$code" ;;
esac
if [ "$restarts" -ge ${restartsWithoutProgress} ] && [ "$(newest)" = "$before" ]; then
  note "not requeued: started $((restarts + 1)) times, and the last time it wrote no checkpoint. Give it more time or memory"
  exit "$code"
fi
note "interrupted (exit code $code) after $restarts restarts; requeued"
for try in 1 2 3; do
  if scontrol requeue "$task"; then exit "$code"; fi
  sleep 2
done
note "not requeued: Slurm refuses it"
exit "$code"
`;
}
