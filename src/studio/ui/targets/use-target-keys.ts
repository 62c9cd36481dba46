import { useEffect, useState } from "preact/hooks";
import { type By, TARGETS_HEADER_WORDS, type TargetSettings } from "../../protocol.ts";
import { getBytes, getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";

/** What an image's targets are computed from. */
export interface TargetKeys {
  readonly id: number;
  readonly by: By;
  /** Entries of the whole queue. */
  readonly queue: number;
  /** Those of the image's fine class that are of another coarse class. */
  readonly outside: number;
  /** Entries of the coarse class, nearest first. */
  readonly ids: Int32Array;
  readonly similarities: Float32Array;
}

export function useTargetKeys({ attempt, state }: Studio, id: number | undefined, by: By): TargetKeys | undefined {
  const [keys, setKeys] = useState<TargetKeys>();
  const { version } = state;
  useEffect(() => {
    let isLatest = true;
    if (id === undefined) return;
    void attempt(async () => {
      const bytes = await getBytes(`/api/targets/${id}?by=${by}`);
      if (isLatest) setKeys({ id, by, ...keysIn(bytes) });
    });
    return () => {
      isLatest = false;
    };
  }, [attempt, id, by, version]);
  return keys && keys.id === id && keys.by === by ? keys : undefined;
}

function keysIn(bytes: ArrayBuffer): Pick<TargetKeys, "queue" | "outside" | "ids" | "similarities"> {
  const words = new Int32Array(bytes);
  const count = (words.length - TARGETS_HEADER_WORDS) / 2;
  return {
    ...{
      queue: words[0]!,
      outside: words[1]!,
      ids: words.subarray(TARGETS_HEADER_WORDS, TARGETS_HEADER_WORDS + count),
    },
    similarities: new Float32Array(bytes, 4 * (TARGETS_HEADER_WORDS + count)),
  };
}

/** The settings of the run that made the encoder, as far as they are known. */
export function useTargetSettings({ attempt }: Studio): TargetSettings | undefined {
  const [settings, setSettings] = useState<TargetSettings>();
  useEffect(() => {
    void attempt(async () => setSettings(await getJson<TargetSettings>("/api/targets")));
  }, [attempt]);
  return settings;
}
