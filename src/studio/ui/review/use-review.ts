import { useEffect, useState } from "preact/hooks";
import type { By, ReviewAnswer } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";

const ASK_AGAIN_MS = 500;

/** What is to be reviewed, and how to look anew. It follows every action. */
export function useReview({ attempt, state }: Studio, by: By) {
  const [answer, setAnswer] = useState<ReviewAnswer>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isLatest = true;
    const ask = async (again: boolean): Promise<void> => {
      const now = await getJson<ReviewAnswer>(`/api/review?by=${by}${again ? "&again=yes" : ""}`);
      if (!isLatest) return;
      setAnswer(now);
      if (now.state === "failed") throw new Error(now.error);
      if (now.state === "ready") return;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      if (isLatest) await ask(false);
    };
    void attempt(() => ask(round > 0));
    return () => {
      isLatest = false;
    };
  }, [attempt, by, round, state.version]);
  return { answer, lookAgain: () => setRound((before) => before + 1) };
}
