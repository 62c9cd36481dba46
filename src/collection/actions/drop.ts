import { z } from "zod";
import { type Action, idsText } from "./action.ts";

/** The values of a line that takes images out. */
export interface DropValues {
  readonly action: "drop";
  readonly ids: string;
}

/** Of one that takes them back in. */
export interface RestoreValues {
  readonly action: "restore";
  readonly ids: string;
}

const dropSchema = z.strictObject({ action: z.literal("drop"), ids: idsText });
const restoreSchema = z.strictObject({ action: z.literal("restore"), ids: idsText });

/** Takes images out: no search finds them. Their rows stay. */
export const dropAction: Action<DropValues> = {
  schema: dropSchema,
  apply: ({ dropped, eachSpan }, { ids }, line) => eachSpan(line.ids(ids), (from, to) => dropped.fill(1, from, to)),
  says: ({ ids }, words) => `${words.images(ids)} taken out`,
};

/** Takes them back in. */
export const restoreAction: Action<RestoreValues> = {
  schema: restoreSchema,
  apply: ({ dropped, eachSpan }, { ids }, line) => eachSpan(line.ids(ids), (from, to) => dropped.fill(0, from, to)),
  says: ({ ids }, words) => `${words.images(ids)} taken back in`,
};
