import { openOriginal } from "../../collection/index.ts";
import { refuseRequest, type ServerApp } from "../../http/index.ts";
import { positionIn, type StudioContext } from "./context.ts";

/** Rows never change their picture: a new picture is a new row. */
const HEADERS = { "Content-Type": "image/png", "Cache-Control": "private, max-age=86400" };

/** Thumbnails, and larger pictures one or a few at a time. */
export function pictureRoutes(app: ServerApp, context: StudioContext, limited: Parameters<ServerApp["use"]>[1]): void {
  app.get("/originals/:id", limited, async (c) => {
    const position = positionIn(context, c.req.param("id"));
    try {
      const { webp } = await openOriginal(context.editor.collection, position);
      return c.body(new Uint8Array(webp), 200, { ...HEADERS, "Content-Type": "image/webp" });
    } catch (error) {
      // It lies in an archive, or is gone: the thumbnail is what there is.
      const png = await context.thumbnail(position);
      if (!png) throw error;
      return c.body(new Uint8Array(png), 200, { ...HEADERS, "Cache-Control": "no-store" });
    }
  });
  app.get("/thumbnails/:id", async (c) => {
    const png = await context.thumbnail(positionIn(context, c.req.param("id")));
    if (!png) return refuseRequest(c, 404, "path", "an image with a thumbnail", "one without");
    return c.body(new Uint8Array(png), 200, HEADERS);
  });
}
