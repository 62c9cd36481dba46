import { z } from "zod";
import { didYouMean, fail, messageOf } from "../../core/index.ts";
import { partsAlongTree, proposeForCollection } from "../../curate/index.ts";
import { bodyUpTo, checkedValues, jsonBody, refuseRequest, type ServerApp } from "../../http/index.ts";
import type { GroupPair, GroupParts, ProposeProgress } from "../protocol.ts";
import type { StudioContext } from "./context.ts";
import { similarPairs } from "./similar-pairs.ts";

/** Of the names of many classes. */
const MOST_QUESTION_BYTES = 2 ** 24;

const proposeQuestion = z.strictObject({
  by: z.enum(["trained", "frozen"]),
  coarse: z.array(z.string().nullable()).max(100_000),
});
const pairsQuery = z.strictObject({ coarse: z.coerce.number().int().min(-1) });
const partsQuery = z.strictObject({ count: z.coerce.number().int().min(2).max(100) });

/** Groups: proposals, similar pairs, and parts along the tree. Returns a function that stops a proposal that runs. */
export function groupRoutes(
  app: ServerApp,
  context: StudioContext,
  limited: Parameters<ServerApp["use"]>[1],
): () => Promise<void> {
  const { collection } = context.editor;
  const proposing = proposer(context);
  app.get("/api/groups/pairs", limited, async (c) => {
    const { coarse } = checkedValues(pairsQuery, c.req.query(), "a coarse class by number");
    return c.json((await similarPairs(collection, coarse)) satisfies GroupPair[]);
  });
  app.get("/api/groups/:id{\\d+}/parts", async (c) => {
    const { count } = checkedValues(partsQuery, c.req.query(), "a count of parts from 2 to 100");
    const parts = await partsAlongTree(collection, Number(c.req.param("id")), count);
    return c.json(parts.map((ids) => [...ids]) satisfies GroupParts);
  });
  app.get("/api/groups/propose", (c) => c.json(proposing.progress()));
  app.post("/api/groups/propose", bodyUpTo(MOST_QUESTION_BYTES), async (c) => {
    const { by, coarse } = await jsonBody(c, proposeQuestion, "an encoder and coarse classes");
    checkClasses(collection.rows.coarse.names, coarse);
    if (!proposing.begin({ by, coarse: coarse.length === 0 ? undefined : coarse })) {
      return refuseRequest(c, 409, "busy", "one search for groups at a time", "one that runs; wait for its end");
    }
    return c.json(proposing.progress());
  });
  return proposing.stop;
}

/** A question that cannot be answered is refused before the search begins. */
function checkClasses(names: readonly string[], asked: readonly (string | null)[]): void {
  const known = new Set(names);
  const unknown = asked.find((name) => name !== null && !known.has(name));
  if (unknown == null) return;
  const expected = "a coarse class of the collection";
  fail("usage", { where: "coarse", expected, found: JSON.stringify(unknown), fix: didYouMean(unknown, names) });
}

/** Proposes for one question at a time, and takes what it finds into force. */
function proposer({ editor, change, version }: StudioContext) {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let [done, total] = [0, 1];
  let error: string | null = null;
  const work = async (question: Parameters<typeof proposeForCollection>[1]) => {
    try {
      const { proposal } = await proposeForCollection(editor.collection, {
        ...question,
        signal: stop.signal,
        progress: (now) => {
          [done, total] = [now.done, now.total];
        },
      });
      await change(() => editor.apply({ action: "propose", proposal }));
    } catch (cause) {
      error = messageOf(cause);
    }
    running = undefined;
  };
  return {
    /** false: another one runs. */
    begin(question: Parameters<typeof proposeForCollection>[1]): boolean {
      if (running) return false;
      [done, total, error] = [0, 1, null];
      running = work(question);
      return true;
    },
    progress: (): ProposeProgress => ({ isRunning: running !== undefined, done, total, error, version: version() }),
    async stop() {
      stop.abort();
      await running;
    },
  };
}
