import { messageOf, oneAtATime } from "../../../core/index.ts";
import { followMetrics, type MetricsFollower } from "../../../run/index.ts";
import type { CurvesQuestion, RunNews } from "../../protocol.ts";
import type { KnownRun, RunCatalog } from "./run-catalog.ts";
import { type RunCurves, runCurves } from "./run-curves.ts";

/** Runs whose curves are kept in memory; the one that nobody asked for longest is read anew when it is asked for. */
const MOST_FOLLOWED = 32;

interface Followed {
  /** Of which run: another one may take its folder. */
  readonly id: string | undefined;
  readonly metrics: MetricsFollower;
  curves: RunCurves;
  life: number;
}

type Asked = CurvesQuestion["runs"][number];

/** Follows the metrics of runs that somebody looks at. */
export interface RunFollower {
  /** What is new in a run since it was last asked for; undefined where there is none of that name. */
  news(asked: Asked): Promise<RunNews | undefined>;
}

export function followRuns(catalog: RunCatalog): RunFollower {
  const followed = new Map<string, Followed>();
  // Lives of an earlier server are none of this one's.
  let lives = Date.now();

  async function followedOf({ entry, id, paths }: KnownRun): Promise<Followed> {
    const before = followed.get(entry.name);
    followed.delete(entry.name);
    const method = entry.method;
    const metrics = await catalog.within(paths.metrics);
    const fresh = () => ({ id, metrics: followMetrics(metrics, id), curves: runCurves(method), life: lives++ });
    const now = before && before.id === id ? before : fresh();
    followed.set(entry.name, now);
    const [oldest] = followed.keys();
    if (followed.size > MOST_FOLLOWED) followed.delete(oldest!);
    return now;
  }

  async function news(asked: Asked): Promise<RunNews | undefined> {
    const run = await catalog.find(asked.name);
    if (!run) return undefined;
    try {
      const now = await followedOf(run);
      const piece = await now.metrics.read();
      if (piece.isAnew) Object.assign(now, { curves: runCurves(run.entry.method), life: lives++ });
      now.curves.take(piece);
      return newsOf(run, asked, { ...now, left: piece.left });
    } catch (error) {
      followed.delete(asked.name);
      return newsOf(run, asked, { curves: runCurves(null), life: lives++, left: 0, problem: messageOf(error) });
    }
  }

  // Two pages must not read on in one file at once.
  return { news: oneAtATime(news) };
}

function newsOf(
  { entry, settings }: KnownRun,
  asked: Asked,
  { curves, life, left, problem }: Pick<Followed, "curves" | "life"> & { left: number; problem?: string },
): RunNews {
  const isSame = asked.life === life;
  const { tick, step, start, reason, problems } = curves;
  return {
    ...{ name: asked.name, life, tick, step, left, settings: isSame ? null : settings },
    ...{ steps: start?.steps ?? null, stepsPerEpoch: start?.stepsPerEpoch ?? null },
    state: entry.isTraining ? "training" : (reason ?? "no end recorded"),
    problems: [entry.problem, problem].filter((line) => line != null).concat(problems),
    curves: curves.since(isSame ? (asked.tick ?? 0) : 0),
  };
}
