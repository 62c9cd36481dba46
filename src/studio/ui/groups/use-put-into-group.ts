import { useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import type { GroupEntry, StudioAction } from "../../protocol.ts";
import type { NameQuestion } from "../parts/name-dialog.tsx";
import { groupCalled, nameOfGroup } from "./group-name.ts";
import { groupHint } from "./name-hint.ts";

interface ImagesToPut {
  readonly ids: readonly number[];
  /** Number of their class, and its groups. */
  readonly coarse: number;
  readonly groups: readonly GroupEntry[];
  readonly take: (action: StudioAction, done: string) => void;
}

/** Puts images into a group of their coarse class, which a dialog asks for. */
export function usePutIntoGroup() {
  /** Where images of a class were put last: many go the same way. */
  const [target, setTarget] = useState<{ readonly coarse: number; readonly name: string }>();
  /** @param group its id, 0 for none; undefined: a new one of this name */
  const put = ({ ids, coarse, groups, take }: ImagesToPut, group: number | undefined, name: string) => {
    const called = group === undefined ? `${name}, a new group` : nameOfGroup(groups, group);
    setTarget({ coarse, name: group === undefined ? name : called });
    const into = group === undefined ? { group: "new", name } : { group: group === 0 ? null : group };
    take(
      { action: "assign", ids, ...into },
      `${counted(ids.length, "image")} ${nounFor(ids.length, "is", "are")} in ${group === 0 ? "no group" : called}.`,
    );
  };
  const question = (images: ImagesToPut): NameQuestion => {
    const { ids, coarse, groups } = images;
    return {
      ...{ title: `Put ${counted(ids.length, "image")} into a group`, label: "group (a new name makes a new one)" },
      ...{
        known: groups.map(({ id }) => nameOfGroup(groups, id)),
        first: target?.coarse === coarse ? target.name : "",
      },
      hint: (name) => groupHint(name, groups),
      answer: (name) => put(images, groupCalled(groups, name!), name!),
    };
  };
  return { put, question };
}
