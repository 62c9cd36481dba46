/** The Studio's server in a process of its own: its address and memory are its own. `node studio-child.ts FOLDER PAGE`. */
import { existsSync, readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { startStudio } from "../src/studio/index.ts";

const [folder, page] = process.argv.slice(2);
/** Of the measure itself; what it adds is taken off. */
const RESOLUTION_MS = 10;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
/** Processor time of this thread, where Linux tells it: on a busy machine the clock goes on while others compute. */
const SCHEDULE = "/proc/thread-self/schedstat";
const processorMs = existsSync(SCHEDULE)
  ? () => Number(readFileSync(SCHEDULE, "utf8").split(" ", 1)[0]) / 1e6
  : () => 0;
let [before, longest] = [processorMs(), 0];
setInterval(() => {
  const now = processorMs();
  [before, longest] = [now, Math.max(longest, now - before)];
}, RESOLUTION_MS);
const started = performance.now();
const server = await startStudio(folder!, {
  ...{ host: "127.0.0.1", port: 0, page: page!, log: (line) => console.error(line) },
});
process.send!({ url: server.url, startMs: performance.now() - started });
process.on("message", () => {
  const blockedMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
  delay.reset();
  const blockedCpuMs = longest;
  longest = 0;
  process.send!({ blockedMs, blockedCpuMs, peakMb: process.resourceUsage().maxRSS / 1024 });
});
process.on("disconnect", () => process.exit());
