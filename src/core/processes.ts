import { readFileSync } from "node:fs";

const ENDED = "ended";

/**
 * When a process started, in clock ticks since boot: it distinguishes a process from a later one of the same number. Empty where the
 * system does not say.
 */
export function startOf(pid: number): string {
  const start = startOrEnd(pid);
  return start === ENDED ? "" : start;
}

/**
 * Whether a process of this machine is alive, also one of another user's.
 * @param started its `startOf`, where that is known: a later process of the same number is another one
 */
export function isAlive(pid: number, started = ""): boolean {
  // 0 and less are groups of processes.
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const start = startOrEnd(pid);
  return start !== ENDED && (started === "" || start === started);
}

/** What /proc says; of a process that has ended and that its parent has not yet looked at, that it has. */
function startOrEnd(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? ENDED : (fields[19] ?? "");
  } catch {
    return "";
  }
}
