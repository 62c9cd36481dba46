import { useEffect, useRef, useState } from "preact/hooks";
import type { By, MapState } from "../../protocol.ts";
import { getBytes, getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";

const ASK_AGAIN_MS = 500;

interface MapPlaces {
  readonly by: By;
  readonly made: number;
  readonly places: Float32Array;
}

/**
 * The places of the rows by an encoder, how far they are until they are there, and how to try again where that failed. After
 * an action the map is asked for anew: images that came back may have places now.
 */
export function useMapPlaces({ attempt, state }: Studio, by: By) {
  const [known, setKnown] = useState<MapPlaces>();
  const [progress, setProgress] = useState<MapState>();
  const [round, setRound] = useState(0);
  const asked = useRef(round);
  const latest = useRef(known);
  latest.current = known;
  useEffect(() => {
    let isLatest = true;
    setProgress(undefined);
    const follow = async (again: boolean): Promise<void> => {
      const now = await getJson<MapState>(`/api/map?by=${by}${again ? "&again=yes" : ""}`);
      if (!isLatest) return;
      setProgress(now);
      if (now.state === "failed") throw new Error(now.error);
      if (now.state === "ready") {
        if (latest.current?.by === by && latest.current.made === now.made) return;
        const places = new Float32Array(await getBytes(`/api/map/places?by=${by}`));
        if (isLatest) setKnown({ by, made: now.made, places });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      if (isLatest) await follow(false);
    };
    void attempt(() => follow(asked.current !== round));
    asked.current = round;
    return () => {
      isLatest = false;
    };
  }, [attempt, by, round, state.version]);
  return { places: known?.by === by ? known.places : undefined, progress, again: () => setRound((now) => now + 1) };
}
