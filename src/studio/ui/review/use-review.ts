import { useEffect, useRef, useState } from "preact/hooks";
import type { By, ReviewAnswer, StudioAction } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";
import { withoutDecided } from "./without-decided.ts";

const ASK_AGAIN_MS = 500;

/** A decision that the lists do not know yet. */
interface Decision {
  readonly action: StudioAction;
  /** The version of the collection that has it; undefined while it is being taken. */
  readonly version?: number;
}

/**
 * What is to be reviewed, and how to look anew. It follows every action. What is decided by `act` leaves the lists at once: the
 * next key is for the next entry, however fast it comes.
 */
export function useReview({ attempt, state, act }: Studio, by: By) {
  const [answer, setAnswer] = useState<ReviewAnswer>();
  const [decided, setDecided] = useState<readonly Decision[]>([]);
  const [round, setRound] = useState(0);
  const lastRound = useRef(round);
  useEffect(() => {
    let isLatest = true;
    const ask = async (again: boolean): Promise<void> => {
      const now = await getJson<ReviewAnswer>(`/api/review?by=${by}${again ? "&again=yes" : ""}`);
      if (!isLatest) return;
      setAnswer(now);
      setDecided((before) => before.filter(({ version = Number.POSITIVE_INFINITY }) => version > state.version));
      if (now.state === "failed") throw new Error(now.error);
      if (now.state === "ready") return;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      if (isLatest) await ask(false);
    };
    // Once for each "Look again", and not for the actions after it.
    const again = round !== lastRound.current;
    lastRound.current = round;
    void attempt(() => ask(again));
    return () => {
      isLatest = false;
    };
  }, [attempt, by, round, state.version]);
  return {
    answer:
      answer?.state === "ready"
        ? withoutDecided(
            answer,
            decided.map(({ action }) => action),
          )
        : answer,
    lookAgain: () => setRound((before) => before + 1),
    async act(action: StudioAction, done: string) {
      const own: Decision = { action };
      setDecided((before) => [...before, own]);
      const after = await act(action, done);
      const known = after ? [{ action, version: after.version }] : [];
      setDecided((before) => before.flatMap((other) => (other === own ? known : other)));
      return after;
    },
  };
}
