import { editCollection } from "../../collection/index.ts";
import { checkAccess, httpServer, type Listening, listen, type ServerOptions } from "../../http/index.ts";
import { collectionRoutes } from "./collection-routes.ts";
import { studioContext } from "./context.ts";
import { exportRoutes } from "./export-routes.ts";
import { groupRoutes } from "./group-routes.ts";
import { mapRoutes } from "./map-routes.ts";
import { pageRoutes } from "./page-routes.ts";
import { pictureRoutes } from "./picture-routes.ts";
import { reviewRoutes } from "./review-routes.ts";
import { openCatalog } from "./runs/run-catalog.ts";
import { runRoutes } from "./runs/run-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { targetRoutes } from "./target-routes.ts";

/** Where Studio listens, who may use it, and what it shows. */
export interface StudioOptions extends Omit<ServerOptions, "signIn"> {
  /** 0: any free one; `Listening.url` says which. */
  readonly port: number;
  /** Threads of a search; default: all cores. */
  readonly threads?: number | undefined;
  /** A folder of runs, or a run, whose curves are shown. They are only read. */
  readonly runs?: string | undefined;
  /** Folder of the page's bundle; default: the package's own. */
  readonly page?: string | undefined;
}

/**
 * Opens a collection to look at and to change it in a page until it is closed. Nobody else can change it meanwhile.
 * @throws MaskconError "usage" where the collection, the runs or the address cannot be had, "data" where the collection is damaged,
 * "busy" where another process changes it
 */
export async function startStudio(folder: string, o: StudioOptions): Promise<Listening> {
  checkAccess(o);
  const catalog = o.runs === undefined ? undefined : await openCatalog(o.runs);
  const editor = await editCollection(folder, { work: "maskcon studio" });
  const context = studioContext(editor, o);
  const work: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of work) await stop();
    await context.search.close();
    await editor.close();
  };
  try {
    const { app, limited } = httpServer({ ...o, signIn: true });
    await pageRoutes(app, o.page);
    collectionRoutes(app, context);
    searchRoutes(app, context, limited);
    pictureRoutes(app, context, limited);
    work.push(reviewRoutes(app, context), groupRoutes(app, context, limited), mapRoutes(app, context));
    work.push(exportRoutes(app, context));
    runRoutes(app, catalog);
    targetRoutes(app, context, { limited, catalog });
    const server = await listen({ app, host: o.host, port: o.port, token: o.token });
    // The first search would wait for the vectors.
    void warm(context.editor.collection);
    return {
      url: server.url,
      async close(graceMs) {
        await server.close(graceMs);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const warm = (collection: { vectors(kind: "trained" | "frozen"): Promise<unknown> }): Promise<unknown> =>
  Promise.allSettled([collection.vectors("trained"), collection.vectors("frozen")]);
