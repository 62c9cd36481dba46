import { type Collection, labelsAt, liveCount, positionOf } from "../collection/index.ts";
import {
  bodyUpTo,
  checkAccess,
  checkedValues,
  httpServer,
  jsonBody,
  type Listening,
  listen,
  refuseRequest,
  type ServerOptions,
} from "../http/index.ts";
import type { SearchResult } from "../search/index.ts";
import { openLive } from "./live-collection.ts";
import { openApi } from "./open-api.ts";
import { pictureQuestion, question, type SearchAnswer } from "./schemas.ts";

/** Where `serveCollection` listens, who may ask, and what a request may take. */
export interface ServeOptions extends ServerOptions {
  /** 0: any free one; `Listening.url` says which. */
  readonly port: number;
  /** Of this package. */
  readonly version: string;
  /** Threads of a search; default: all cores. */
  readonly threads?: number | undefined;
  /** Bytes of a picture, at most. */
  readonly mostImageBytes?: number | undefined;
}

/** Of a vector of 65,536 numbers with all their digits, and some filters. */
const MOST_QUESTION_BYTES = 2 ** 21;
const MOST_IMAGE_BYTES = 2 ** 25;
const EXPECTED = "a question as GET /v1/openapi.json describes it";

/**
 * Serves searches in a collection as JSON until it is closed; `GET /v1/openapi.json` describes it. Changes of the collection
 * count within seconds.
 * @throws MaskconError "usage" where the collection or the address cannot be had, "data" where the collection is damaged
 */
export async function serveCollection(folder: string, o: ServeOptions): Promise<Listening> {
  checkAccess(o);
  const live = await openLive(folder, o);
  const gauge = {
    ...{ name: "maskcon_images", help: "Images that can be found." },
    value: () => live.use(async ({ collection }) => liveCount(collection.rows)),
  };
  const { app, limited } = httpServer({ ...o, gauges: [...(o.gauges ?? []), gauge] });

  app.get("/v1/openapi.json", (c) => c.json(openApi(o.version, o.token !== undefined)));
  app.get("/v1/health", (c) =>
    live.use(async ({ collection: { rows, record } }) =>
      c.json({ status: "ok", images: liveCount(rows), rows: rows.length, revision: record.revision }),
    ),
  );
  app.get("/v1/collection", (c) => live.use(async ({ collection }) => c.json(summaryOf(collection))));
  app.post("/v1/search", bodyUpTo(MOST_QUESTION_BYTES), limited, async (c) => {
    const { id, vector, by, top, where } = await jsonBody(c, question, EXPECTED);
    const query = id === undefined ? { vector: Float32Array.from(vector!) } : { id };
    return live.use(async ({ collection, search }) => {
      const results = await search.find(query, { by, where, count: top });
      return c.json(answerOf(collection, by, results));
    });
  });
  app.post("/v1/search/image", bodyUpTo(o.mostImageBytes ?? MOST_IMAGE_BYTES), limited, async (c) => {
    const { by, top } = checkedValues(pictureQuestion, c.req.query(), EXPECTED);
    if (!/^(image\/|application\/octet-stream)/.test(c.req.header("content-type") ?? "")) {
      return refuseRequest(
        c,
        415,
        "type",
        "a picture as the body, with its Content-Type",
        c.req.header("content-type") ?? "none",
      );
    }
    const picture = new Uint8Array(await c.req.arrayBuffer());
    return live.use(async ({ collection, search }) => {
      const results = await search.find({ picture }, { by, count: top });
      return c.json(answerOf(collection, by, results));
    });
  });
  app.get("/v1/images/:id/thumbnail", limited, (c) =>
    live.use(async ({ collection, thumbnail }) => {
      const position = positionIn(collection, c.req.param("id"));
      const png = position < 0 ? undefined : await thumbnail(position);
      if (!png)
        return refuseRequest(c, 404, "path", "an image of the collection with a thumbnail", c.req.path.slice(0, 200));
      return c.body(new Uint8Array(png), 200, {
        "Content-Type": "image/png",
        "Cache-Control": "private, max-age=3600",
      });
    }),
  );
  const server = await listen({ app, host: o.host, port: o.port, token: o.token }).catch(async (error) => {
    await live.close();
    throw error;
  });
  return {
    url: server.url,
    async close(graceMs) {
      await server.close(graceMs);
      await live.close();
    },
  };
}

function summaryOf(collection: Collection) {
  const { rows, record } = collection;
  const { method, backbone, imageSize, trained, frozen } = record.encoder;
  return {
    ...{ images: liveCount(collection.rows), rows: rows.length, revision: record.revision },
    encoder: { method, backbone, imageSize, trained, frozen },
    coarseClasses: [...rows.coarse.names],
    fineClasses: [...rows.fine.names],
  };
}

function answerOf(
  { rows, record }: Collection,
  by: SearchAnswer["by"],
  results: readonly SearchResult[],
): SearchAnswer {
  return {
    by,
    revision: record.revision,
    results: results.map(({ id, position, score }) => ({
      ...{ id, score, name: rows.names[position]! },
      ...labelsAt(rows, position),
      thumbnail: `/v1/images/${id}/thumbnail`,
    })),
  };
}

/** The position of an image of the collection by its id as text; -1 where there is none. */
const positionIn = ({ rows }: Collection, id: string): number =>
  /^\d{1,10}$/.test(id) ? positionOf(rows.ids, Number(id)) : -1;
