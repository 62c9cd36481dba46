import { refuseRequest, type ServerApp } from "../../http/index.ts";
import { positionIn, type StudioContext } from "./context.ts";

/** Rows never change their picture: a new picture is a new row. */
const HEADERS = { "Content-Type": "image/png", "Cache-Control": "private, max-age=86400" };

/** Thumbnails. */
export function pictureRoutes(app: ServerApp, context: StudioContext): void {
  app.get("/thumbnails/:id", async (c) => {
    const png = await context.thumbnail(positionIn(context, c.req.param("id")));
    if (!png) return refuseRequest(c, 404, "path", "an image with a thumbnail", "one without");
    return c.body(new Uint8Array(png), 200, HEADERS);
  });
}
