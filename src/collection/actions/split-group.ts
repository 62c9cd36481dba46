import { z } from "zod";
import { type Action, idsText } from "./action.ts";
import { groupId, groupNamed } from "./known-group.ts";

/** The values of a line that splits a group. */
export interface SplitValues {
  readonly action: "split";
  readonly group: number;
  /** Ids of the images of each part. */
  readonly parts: readonly string[];
  /** Whether live images are left, which are a part of their own; what else is left goes into the last part. */
  readonly rest: boolean;
  /** The new groups' ids: those of the parts in their order, then that of the rest. */
  readonly made: string;
}

const MOST_PARTS = 10_000;

const schema = z.strictObject({
  action: z.literal("split"),
  group: groupId,
  parts: z.array(idsText).min(1).max(MOST_PARTS),
  rest: z.boolean(),
  made: idsText,
});

/** Makes several groups of one; its name is gone. */
export const splitAction: Action<SplitValues> = {
  schema,
  makes: ({ parts, rest }) => parts.length + Number(rest),
  check(state, { group, parts, rest }, line) {
    groupNamed(state.groups, group, line);
    if (parts.length + Number(rest) < 2) line.refuse("two parts or more", "the whole group as one");
    const seen = new Set<number>();
    parts.forEach((part, place) => {
      const before = seen.size;
      state.eachSpan(line.ids(part), (from, to) => {
        for (let row = from; row < to; row++) {
          if (state.groups.at(row) !== group) {
            line.refuse(`images of group ${group}`, `${state.ids[row]}, which is in another or none`);
          }
          if (seen.has(row)) line.refuse("each image in one part", `${state.ids[row]} in two`);
          seen.add(row);
        }
      });
      if (seen.size === before) line.refuse("images in every part", `none in part ${place + 1}`);
    });
  },
  apply({ groups, eachSpan }, { group, parts, rest }, line) {
    const { first } = line;
    const { coarse } = groups.get(group)!;
    const last = first + parts.length - 1 + Number(rest);
    for (let id = first; id <= last; id++) groups.set(id, { coarse, name: null });
    parts.forEach((part, place) => {
      eachSpan(line.ids(part), (from, to) => {
        for (let row = from; row < to; row++) groups.move(row, first + place);
      });
    });
    groups.remove(group, last);
  },
  says: ({ group, parts, rest }, words) => `${words.group(group)} split into ${parts.length + Number(rest)}`,
};
