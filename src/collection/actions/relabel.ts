import { z } from "zod";
import type { IdRange } from "../id-ranges.ts";
import { type Action, className, type EditState, idsText } from "./action.ts";
import { groupId, groupNamed } from "./known-group.ts";

/** The values of such a line. */
export interface RelabelValues {
  readonly action: "relabel";
  readonly ids: string;
  readonly coarse?: string | undefined;
  /** null: it is not known. */
  readonly fine?: string | null | undefined;
  /** Groups of which every image is in `ids` or `along`: they go along into the coarse class, with their names and ids. */
  readonly groups?: readonly number[] | undefined;
  /** Images of these groups that nobody sees, being dropped or missing: they get the coarse class alone. */
  readonly along?: string | undefined;
}

const MOST_GROUPS = 10_000;

const schema = z
  .strictObject({
    action: z.literal("relabel"),
    ids: idsText,
    coarse: className.optional(),
    fine: className.nullable().optional(),
    groups: z.array(groupId).min(1).max(MOST_GROUPS).optional(),
    along: idsText.optional(),
  })
  .refine(({ coarse, fine }) => coarse !== undefined || fine !== undefined, { error: "a class, coarse or fine" })
  .refine(({ coarse, groups }) => coarse !== undefined || groups === undefined, { error: "a coarse class for groups" })
  .refine(({ along, groups }) => along === undefined || groups !== undefined, { error: "groups for what goes along" });

/**
 * Gives images another coarse class, another fine class, or both. A group lies in one class: an image that leaves the class
 * leaves its group, unless the whole group goes.
 */
export const relabelAction: Action<RelabelValues> = {
  schema,
  check(state, { groups = [], along }, line) {
    for (const id of groups) groupNamed(state.groups, id, line);
    if (along === undefined) return;
    state.eachSpan(line.ids(along), (from, to) => {
      for (let row = from; row < to; row++) {
        if (groups.includes(state.groups.at(row))) continue;
        line.refuse("images of groups that go along", `${state.ids[row]}, which is in another or none`);
      }
    });
  },
  apply(state, { coarse, fine, groups = [], ids: text, along }, line) {
    const ids = line.ids(text);
    if (coarse !== undefined) {
      const all = along === undefined ? ids : [...ids, ...line.ids(along)];
      moveTo(state, state.coarse.numberOf(coarse), all, groups);
    }
    if (fine !== undefined) {
      const number = state.fine.numberOf(fine);
      state.eachSpan(ids, (from, to) => state.fine.numbers.fill(number, from, to));
    }
  },
  says({ ids, coarse, fine }, words) {
    const classes = [
      coarse !== undefined && `the coarse class ${coarse}`,
      fine !== undefined && (fine === null ? "no fine class" : `the fine class ${fine}`),
    ];
    return `${words.images(ids)} given ${classes.filter(Boolean).join(" and ")}`;
  },
};

/** @param whole the groups that go along */
function moveTo(state: EditState, coarse: number, ids: readonly IdRange[], whole: readonly number[]): void {
  const { groups, coarse: classes } = state;
  for (const id of whole) groups.set(id, { ...groups.get(id)!, coarse });
  state.eachSpan(ids, (from, to) => {
    for (let row = from; row < to; row++) {
      if (classes.numbers[row] !== coarse && groups.get(groups.at(row))?.coarse !== coarse) groups.put(row, 0);
    }
    classes.numbers.fill(coarse, from, to);
  });
}
