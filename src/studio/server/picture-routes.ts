import { hashOf, openOriginal } from "../../collection/index.ts";
import { refuseRequest, type ServerApp } from "../../http/index.ts";
import { positionIn, type StudioContext } from "./context.ts";

/** Tomorrow another collection may answer at this address, so that a browser asks before it shows what it has. */
const CACHE_CONTROL = "private, no-cache";
/** Where the address names the collection: an image keeps its thumbnail. */
const CACHE_FOR_GOOD = "private, max-age=31536000, immutable";
/** A file may change at any time. */
const NO_STORE = "no-store";

/** Thumbnails, and larger pictures one or a few at a time. */
export function pictureRoutes(app: ServerApp, context: StudioContext, limited: Parameters<ServerApp["use"]>[1]): void {
  const { collection } = context.editor;
  app.get("/originals/:id", limited, async (c) => {
    const position = positionIn(context, c.req.param("id"));
    c.header("Cache-Control", NO_STORE);
    try {
      const { webp } = await openOriginal(collection, position);
      return c.body(new Uint8Array(webp), 200, { "Content-Type": "image/webp" });
    } catch (error) {
      // It lies in an archive, or is gone: the thumbnail is what there is.
      const png = await context.thumbnail(position);
      if (!png) throw error;
      return c.body(new Uint8Array(png), 200, { "Content-Type": "image/png" });
    }
  });
  app.get("/thumbnails/:id", async (c) => {
    const position = positionIn(context, c.req.param("id"));
    const tag = `"${context.collectionKey}-${hashOf(collection.rows, position)}"`;
    const isNamed = c.req.query("of") === context.collectionKey;
    const headers = { "Cache-Control": isNamed ? CACHE_FOR_GOOD : CACHE_CONTROL, ETag: tag };
    // Before it is cut out of its sheet.
    if (c.req.header("if-none-match") === tag) return c.body(null, 304, headers);
    const png = await context.thumbnail(position);
    if (!png) return refuseRequest(c, 404, "path", "an image with a thumbnail", "one without");
    return c.body(new Uint8Array(png), 200, { ...headers, "Content-Type": "image/png" });
  });
}
