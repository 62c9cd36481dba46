import { useEffect, useRef } from "preact/hooks";
import type { GroupPair } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";
import { stepFrom } from "./group-place.ts";

interface Pairs {
  /** The class and the version of the collection. */
  readonly of: string;
  /** undefined while they are compared. */
  readonly list?: readonly GroupPair[];
  /** The pair that is shown. */
  readonly current?: number;
}

/** Goes through the pairs of a class, the most similar first, and back; compared anew by the first step after an action. */
export function usePairs({ attempt, state, say }: Studio, coarse: number, show: (pair: readonly number[]) => void) {
  const of = `${coarse} ${state.version}`;
  const now = useRef<string>(undefined);
  now.current = of;
  const pairs = useRef<Pairs>(undefined);
  // Not for somebody who is on another page by then.
  useEffect(
    () => () => {
      now.current = undefined;
    },
    [],
  );
  const compare = async () => {
    pairs.current = { of };
    say(`Comparing the groups of ${state.coarse[coarse] ?? "no class"} …`);
    const list = await attempt(() => getJson<GroupPair[]>(`/api/groups/pairs?coarse=${coarse}`));
    if (pairs.current.of === of) pairs.current = list && { of, list };
  };
  return async (by: 1 | -1) => {
    if (pairs.current?.of !== of) await compare();
    const { list, current = by > 0 ? -1 : 0 } = pairs.current ?? {};
    // Those of another class, or from before an action, are no answer.
    if (!list || now.current !== of) return;
    if (list.length === 0) return say("There are not two groups in this class.");
    const place = stepFrom([...list.keys()], current, by);
    const { groups, similarity } = list[place]!;
    pairs.current = { of, list, current: place };
    show(groups);
    say(`Pair ${place + 1} of ${list.length}: similarity ${similarity.toFixed(3)}. g merges them.`);
  };
}
