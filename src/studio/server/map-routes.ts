import { z } from "zod";
import type { Collection, VectorKind } from "../../collection/index.ts";
import { messageOf } from "../../core/index.ts";
import { checkedValues, type ServerApp } from "../../http/index.ts";
import { type CollectionMap, mapCollection } from "../../map/index.ts";
import type { MapState } from "../protocol.ts";
import type { StudioContext } from "./context.ts";

const by = z.enum(["trained", "frozen"]);
const placesQuery = z.strictObject({ by });
const query = z.strictObject({ by, again: z.enum(["yes", "no"]).default("no") });

interface Mapping {
  /** Of the collection when it began. */
  readonly version: number;
  progress: MapState;
  readonly result: Promise<CollectionMap | undefined>;
  map?: CollectionMap;
}

/** The places of images on the map, which is made the first time. Returns a function that stops what is made. */
export function mapRoutes(app: ServerApp, { editor, version }: StudioContext): () => Promise<void> {
  const maps = new Map<VectorKind, Mapping>();
  const stop = new AbortController();
  // Maps of an earlier server are none of this one's.
  let made = Date.now();
  const begin = (by: VectorKind): Mapping => {
    const mapping: Mapping = {
      version: version(),
      progress: { state: "working", phase: "neighbours", done: 0, total: 1 },
      result: mapCollection(editor.collection, {
        ...{ by, signal: stop.signal },
        progress: (now) => {
          mapping.progress = { state: "working", ...now };
        },
      }).then(
        (map) => {
          mapping.map = map;
          mapping.progress = { state: "ready", made: ++made };
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
    const { by, again } = checkedValues(query, c.req.query(), "trained or frozen");
    const before = maps.get(by);
    const isOld = before?.version !== version();
    const hasFailed = before?.progress.state === "failed" && (isOld || again === "yes");
    const mapping = before && !hasFailed && !(isOld && lacksPlace(editor.collection, before.map)) ? before : begin(by);
    maps.set(by, mapping);
    return c.json(mapping.progress);
  });
  app.get("/api/map/places", async (c) => {
    const { by } = checkedValues(placesQuery, c.req.query(), "trained or frozen");
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

/** Whether a map that is made has no place for a live row: it was taken out until then. */
function lacksPlace({ rows }: Collection, map: CollectionMap | undefined): boolean {
  return map !== undefined && rows.status.some((status, row) => status === 0 && Number.isNaN(map.places[2 * row]!));
}
