import { createInterface } from "node:readline";

/**
 * The child's side of the line protocol: says it is ready, then measures once for every line "go" and answers with one
 * line of JSON. Returns when standard input closes.
 */
export async function serve(about: object, measure: () => Promise<object>): Promise<void> {
  emit({ ready: true, ...about });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "go") emit({ ...(await measure()), peakRssMb: process.resourceUsage().maxRSS / 1024 });
  }
}

const emit = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
