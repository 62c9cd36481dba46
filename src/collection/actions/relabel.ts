import { z } from "zod";
import { type Action, className, idsText } from "./action.ts";

/** The values of such a line. */
export interface RelabelValues {
  readonly action: "relabel";
  readonly ids: string;
  readonly coarse?: string | undefined;
  /** null: it is not known. */
  readonly fine?: string | null | undefined;
}

const schema = z
  .strictObject({
    action: z.literal("relabel"),
    ids: idsText,
    coarse: className.optional(),
    fine: className.nullable().optional(),
  })
  .refine(({ coarse, fine }) => coarse !== undefined || fine !== undefined, { error: "a class, coarse or fine" });

/** Gives images another coarse class, another fine class, or both. Groups lie in one class: who leaves it leaves its group. */
export const relabelAction: Action<RelabelValues> = {
  schema,
  apply(state, { coarse, fine, ids: text }, line) {
    const ids = line.ids(text);
    if (coarse !== undefined) {
      const { groups } = state;
      const { numbers, numberOf } = state.coarse;
      const number = numberOf(coarse);
      state.eachSpan(ids, (from, to) => {
        for (let row = from; row < to; row++) if (numbers[row] !== number) groups.put(row, 0);
        numbers.fill(number, from, to);
      });
    }
    if (fine !== undefined) {
      const number = state.fine.numberOf(fine);
      state.eachSpan(ids, (from, to) => state.fine.numbers.fill(number, from, to));
    }
  },
};
