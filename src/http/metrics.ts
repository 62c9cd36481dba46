import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";

/** Upper ends of the buckets of a request's time, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface Series {
  readonly buckets: number[];
  sum: number;
  count: number;
}

/**
 * A number that is asked for when it is read.
 * @inline
 */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly value: () => number | Promise<number>;
}

/**
 * Counts and times requests by route, method and status, and prints them in the text format of Prometheus 0.0.4. (The client
 * libraries bring more than this package's whole allowance in megabytes.)
 */
export function metrics(gauges: readonly Gauge[]) {
  const series = new Map<string, Series>();
  const counted: MiddlewareHandler = async (c, next) => {
    const start = performance.now();
    await next();
    // The pattern, never the path: names of a caller's choice would grow without bound.
    const labels = `method="${methodOf(c.req.method)}",route="${routePath(c, -1)}",status="${c.res.status}"`;
    observe(series, labels, (performance.now() - start) / 1000);
  };
  const text = async () => {
    const lines = await Promise.all(gauges.map(gaugeLines));
    return [...histogram(series), ...lines.flat()].join("\n").concat("\n");
  };
  return { counted, text };
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const methodOf = (method: string): string => (methods.includes(method) ? method : "other");

function observe(series: Map<string, Series>, labels: string, seconds: number): void {
  const one = series.get(labels) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 };
  series.set(labels, one);
  one.sum += seconds;
  one.count++;
  BUCKETS.forEach((end, i) => {
    if (seconds <= end) one.buckets[i]!++;
  });
}

const HISTOGRAM = "maskcon_request_seconds";

function* histogram(series: ReadonlyMap<string, Series>): Generator<string> {
  yield `# HELP ${HISTOGRAM} Time of requests, until the answer began.`;
  yield `# TYPE ${HISTOGRAM} histogram`;
  for (const [labels, { buckets, sum, count }] of series) {
    for (const [i, end] of BUCKETS.entries()) yield `${HISTOGRAM}_bucket{${labels},le="${end}"} ${buckets[i]}`;
    yield `${HISTOGRAM}_bucket{${labels},le="+Inf"} ${count}`;
    yield `${HISTOGRAM}_sum{${labels}} ${sum}`;
    yield `${HISTOGRAM}_count{${labels}} ${count}`;
  }
}

const gaugeLines = async ({ name, help, value }: Gauge): Promise<string[]> => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} gauge`,
  `${name} ${await value()}`,
];
