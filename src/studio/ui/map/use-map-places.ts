import { useEffect, useState } from "preact/hooks";
import type { By, MapState } from "../../protocol.ts";
import { getBytes, getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";

const ASK_AGAIN_MS = 500;

/** The places of the rows by an encoder, and how far they are until they are there. */
export function useMapPlaces({ attempt }: Studio, by: By) {
  const [places, setPlaces] = useState<Float32Array>();
  const [progress, setProgress] = useState<MapState>();
  useEffect(() => {
    let isLatest = true;
    setPlaces(undefined);
    const follow = async (): Promise<void> => {
      const now = await getJson<MapState>(`/api/map?by=${by}`);
      if (!isLatest) return;
      setProgress(now);
      if (now.state === "failed") throw new Error(now.error);
      if (now.state === "ready") {
        const found = new Float32Array(await getBytes(`/api/map/places?by=${by}`));
        if (isLatest) setPlaces(found);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      if (isLatest) await follow();
    };
    void attempt(follow);
    return () => {
      isLatest = false;
    };
  }, [attempt, by]);
  return { places, progress };
}
