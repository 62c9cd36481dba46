import { z } from "zod";
import { bodyUpTo, jsonBody, type ServerApp } from "../../../http/index.ts";
import { MOST_CHOSEN_RUNS, type RunList, type RunNews } from "../../protocol.ts";
import type { RunCatalog } from "./run-catalog.ts";
import { followRuns } from "./run-follower.ts";

const MOST_QUESTION_BYTES = 2 ** 16;

const tick = z.int().min(0).optional();
const question = z.strictObject({
  runs: z.array(z.strictObject({ name: z.string(), life: tick, tick })).max(MOST_CHOSEN_RUNS),
});

/** Runs of a folder and what is new in their curves; nothing of them is changed. */
export function runRoutes(app: ServerApp, catalog: RunCatalog | undefined): void {
  const none: RunList = { folder: null, runs: [], problem: null };
  app.get("/api/runs", async (c) => c.json(catalog ? await catalog.list() : none));
  const follower = catalog && followRuns(catalog);
  app.post("/api/runs/curves", bodyUpTo(MOST_QUESTION_BYTES), async (c) => {
    const { runs } = await jsonBody(c, question, "runs to follow");
    const news: RunNews[] = [];
    for (const asked of runs) {
      const found = await follower?.news(asked);
      if (found) news.push(found);
    }
    return c.json(news);
  });
}
