import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type CurvesQuestion, MOST_CHOSEN_RUNS, type RunList, type RunNews } from "../../protocol.ts";
import { saidInAddress, sayInAddress } from "../address.ts";
import { getJson, postJson } from "../ask-server.ts";
import { useAddress } from "../use-address.ts";
import { usePolling } from "../use-polling.ts";
import type { Studio } from "../use-studio.ts";
import { type FollowedRun, withNews } from "./followed-run.ts";

const LIST_MS = 5000;
const CURVES_MS = 1000;

/** The runs there are. */
export function useRunList({ attempt }: Studio): RunList | undefined {
  const [list, setList] = useState<RunList>();
  usePolling(
    async () => {
      const next = await attempt(() => getJson<RunList>("/api/runs"));
      if (next) setList(next);
      return undefined;
    },
    LIST_MS,
    "",
  );
  return list;
}

/** Names of the runs whose curves are shown, each in a place that decides its colour. */
export type ChosenRuns = readonly (string | undefined)[];

/** Those of the address and those that are checked; names that the list lacks take no place, and are said. */
export function useChosenRuns(
  { say }: Studio,
  list: RunList | undefined,
): { chosen: ChosenRuns; toggle: (name: string) => void } {
  const [wanted, setWanted] = useState<ChosenRuns>(() => namesIn(saidInAddress("runs")));
  useAddress("runs", (value) => setWanted(namesIn(value)));
  const only = list?.runs.length === 1 ? list.runs[0]!.name : undefined;
  useEffect(() => {
    // Whoever took it away, or named others, meant that.
    if (only === undefined || saidInAddress("runs") !== undefined) return;
    setWanted([only]);
    sayInAddress("runs", only);
  }, [only]);
  const known = useMemo(() => new Set(list?.runs.map(({ name }) => name)), [list]);
  const chosen = useMemo(() => placesOf(wanted, known), [wanted, known]);
  useEffect(() => {
    const gone = wanted.filter((name) => name !== undefined && !known.has(name));
    if (!list?.folder || gone.length === 0) return;
    setWanted(chosen);
    sayInAddress("runs", addressFor(chosen));
    say(`There is no such run here: ${gone.join(", ")}.`);
  }, [list, known, wanted, chosen, say]);
  const toggle = (name: string) => {
    const next = [...chosen];
    const free = [...next, undefined].indexOf(undefined);
    if (next.includes(name)) next[next.indexOf(name)] = undefined;
    else if (free < MOST_CHOSEN_RUNS) next[free] = name;
    else return say(`At most ${MOST_CHOSEN_RUNS} runs are shown at once. Take one away first.`);
    setWanted(next);
    sayInAddress("runs", addressFor(next));
  };
  return { chosen, toggle };
}

// No name of a folder has a slash.
const namesIn = (value = ""): string[] => [...new Set(value.split("/").filter(Boolean))];
const addressFor = (chosen: ChosenRuns): string => chosen.filter((name) => name !== undefined).join("/");

/** A run keeps its place and its colour while others go. */
function placesOf(wanted: ChosenRuns, known: ReadonlySet<string>): ChosenRuns {
  const there = wanted.map((name) => (name !== undefined && known.has(name) ? name : undefined));
  if (there.length <= MOST_CHOSEN_RUNS) return there;
  return there.filter((name) => name !== undefined).slice(0, MOST_CHOSEN_RUNS);
}

/** The chosen runs as far as they are read, by name; only what is new is asked for. */
export function useFollowedRuns({ attempt }: Studio, chosen: ChosenRuns): ReadonlyMap<string, FollowedRun> {
  const [followed, setFollowed] = useState<ReadonlyMap<string, FollowedRun>>(new Map());
  const known = useRef(followed);
  const names = chosen.filter((name) => name !== undefined);
  usePolling(
    async () => {
      if (names.length === 0) return undefined;
      const runs = names.map((name) => {
        const before = known.current.get(name);
        return { name, life: before?.life, tick: before?.tick };
      });
      const news = await attempt(() => postJson<RunNews[]>("/api/runs/curves", { runs } satisfies CurvesQuestion));
      if (!news) return undefined;
      known.current = new Map(news.map((run) => [run.name, withNews(known.current.get(run.name), run)]));
      setFollowed(known.current);
      return news.some(({ left }) => left > 0) ? 0 : undefined;
    },
    CURVES_MS,
    names.join("/"),
  );
  return followed;
}
