import { z } from "zod";
import { countIds } from "../id-ranges.ts";
import { type Action, idsText } from "./action.ts";

/** What is let stand. */
export type KeptKind = "label" | "copies" | "outlier";

/** The values of such a line. */
export interface KeepValues {
  readonly action: "keep";
  readonly ids: string;
  readonly kind: KeptKind;
}

/** Each of them is remembered with all others. */
const MOST_COPIES = 100;

const schema = z
  .strictObject({ action: z.literal("keep"), ids: idsText, kind: z.enum(["label", "copies", "outlier"]) })
  .refine(({ kind, ids }) => kind !== "copies" || (countIds(ids) >= 2 && countIds(ids) <= MOST_COPIES), {
    error: `copies are 2 to ${MOST_COPIES} images`,
    path: ["ids"],
  });

/** Somebody looked and changes nothing: the label is right, all of these images stay, or the image is no outlier. */
export const keepAction: Action<KeepValues> = {
  schema,
  apply({ kept, eachSpan }, { kind, ids: text }, line) {
    const ids = line.ids(text);
    if (kind === "label") eachSpan(ids, kept.keepLabels);
    else if (kind === "outlier") eachSpan(ids, kept.keepOutliers);
    else {
      const positions: number[] = [];
      eachSpan(ids, (from, to) => {
        for (let position = from; position < to; position++) positions.push(position);
      });
      kept.keepCopies(positions);
    }
  },
  says: ({ ids, kind }, words) => `${words.images(ids)} let stand (${kind})`,
};
