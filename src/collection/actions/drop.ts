import { z } from "zod";
import { type Action, idsText } from "./action.ts";

const dropSchema = z.strictObject({ action: z.literal("drop"), ids: idsText });
const restoreSchema = z.strictObject({ action: z.literal("restore"), ids: idsText });

/** Takes images out: no search finds them. Their rows stay. */
export const dropAction: Action<z.infer<typeof dropSchema>> = {
  schema: dropSchema,
  apply: ({ dropped, eachSpan }, _, ids) => eachSpan(ids, (from, to) => dropped.fill(1, from, to)),
};

/** Takes them back in. */
export const restoreAction: Action<z.infer<typeof restoreSchema>> = {
  schema: restoreSchema,
  apply: ({ dropped, eachSpan }, _, ids) => eachSpan(ids, (from, to) => dropped.fill(0, from, to)),
};
