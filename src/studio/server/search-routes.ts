import { z } from "zod";
import { bodyUpTo, checkedValues, jsonBody, type ServerApp } from "../../http/index.ts";
import type { SearchResult } from "../../search/index.ts";
import type { Found } from "../protocol.ts";
import type { StudioContext } from "./context.ts";

const MOST_QUESTION_BYTES = 2 ** 16;
const MOST_PICTURE_BYTES = 2 ** 26;

const by = z.enum(["trained", "frozen"]);
const count = z.int().min(1).max(1000);
const values = z.array(z.string()).max(1000).optional();
const where = z.strictObject({ coarse: values, fine: values, split: values, group: values });
const question = z.strictObject({ id: z.int(), by, count, where });
const pictureQuestion = z.strictObject({
  by,
  count: z.coerce.number().pipe(count),
  where: z.string().max(MOST_QUESTION_BYTES).transform(asJson).pipe(where),
});

/** Images like one of the collection, or like a picture that was dropped or pasted. */
export function searchRoutes(
  app: ServerApp,
  { search }: StudioContext,
  limited: Parameters<ServerApp["use"]>[1],
): void {
  app.post("/api/search", bodyUpTo(MOST_QUESTION_BYTES), limited, async (c) => {
    const { id, ...options } = await jsonBody(c, question, "a question to search for");
    return c.json(foundOf(await search.find({ id }, withoutUndefined(options))));
  });
  app.post("/api/search/picture", bodyUpTo(MOST_PICTURE_BYTES), limited, async (c) => {
    const options = checkedValues(pictureQuestion, c.req.query(), "by, count and where");
    const picture = new Uint8Array(await c.req.arrayBuffer());
    return c.json(foundOf(await search.find({ picture }, withoutUndefined(options))));
  });
}

function asJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "no JSON" });
    return z.NEVER;
  }
}

/** Columns that are not asked for are left out. */
const withoutUndefined = ({ where, ...options }: Omit<z.infer<typeof question>, "id">) => ({
  ...options,
  where: Object.fromEntries(Object.entries(where).flatMap(([name, list]) => (list ? [[name, list] as const] : []))),
});

const foundOf = (results: readonly SearchResult[]): Found[] => results.map(({ id, score }) => ({ id, score }));
