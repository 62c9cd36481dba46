import { z } from "zod";
import type { VectorKind } from "../../collection/index.ts";
import { messageOf } from "../../core/index.ts";
import { checkedValues, type ServerApp } from "../../http/index.ts";
import { type CollectionMap, mapCollection } from "../../map/index.ts";
import type { MapState } from "../protocol.ts";
import type { StudioContext } from "./context.ts";

const query = z.strictObject({ by: z.enum(["trained", "frozen"]) });

interface Mapping {
  progress: MapState;
  readonly result: Promise<CollectionMap | undefined>;
}

/** The places of images on the map, which is made the first time. Returns a function that stops what is made. */
export function mapRoutes(app: ServerApp, { editor }: StudioContext): () => Promise<void> {
  const maps = new Map<VectorKind, Mapping>();
  const stop = new AbortController();
  const begin = (by: VectorKind): Mapping => {
    const mapping: Mapping = {
      progress: { state: "working", phase: "neighbours", done: 0, total: 1 },
      result: mapCollection(editor.collection, {
        ...{ by, signal: stop.signal },
        progress: (now) => {
          mapping.progress = { state: "working", ...now };
        },
      }).then(
        (map) => {
          mapping.progress = { state: "ready" };
          return map;
        },
        (error) => {
          mapping.progress = { state: "failed", error: messageOf(error) };
          return undefined;
        },
      ),
    };
    return mapping;
  };
  app.get("/api/map", (c) => {
    const { by } = checkedValues(query, c.req.query(), "trained or frozen");
    const before = maps.get(by);
    const mapping = before && before.progress.state !== "failed" ? before : begin(by);
    maps.set(by, mapping);
    return c.json(mapping.progress);
  });
  app.get("/api/map/places", async (c) => {
    const { by } = checkedValues(query, c.req.query(), "trained or frozen");
    const map = await maps.get(by)?.result;
    const { buffer, byteOffset, byteLength } = map?.places ?? new Float32Array(0);
    c.header("Cache-Control", "no-store");
    return c.body(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength), 200, {
      "Content-Type": "application/octet-stream",
    });
  });
  return async () => {
    stop.abort();
    await Promise.all([...maps.values()].map(({ result }) => result));
  };
}
