import { useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import type { GroupEntry, StudioAction } from "../../protocol.ts";
import { NameDialog, type NameQuestion } from "../parts/name-dialog.tsx";
import type { Selection } from "../parts/use-selection.ts";
import type { Studio } from "../use-studio.ts";
import { nameOfGroup } from "./group-name.ts";
import { newGroups } from "./new-groups.ts";

interface GroupWork {
  readonly studio: Studio;
  readonly groups: readonly GroupEntry[];
  /** Ids of the groups that are shown; 0 for none. */
  readonly shown: readonly number[];
  /** Images that were chosen. */
  readonly images: Selection;
  /** Shows a group that a merge made. */
  readonly show: (id: number) => void;
}

/** Merge, name and the moves of images, with their keys. */
export function useGroupActions({ studio, groups, shown, images, show }: GroupWork) {
  const [question, setQuestion] = useState<NameQuestion>();
  const ids = [...images.ids].sort((a, b) => a - b);
  const take = async (action: StudioAction, done: string) => {
    const state = await studio.act(action, `${done} z takes it back.`);
    if (state) images.clear();
    return state;
  };
  const first = shown[0] ?? 0;
  const title = nameOfGroup(groups, first);
  const askName = () =>
    setQuestion({
      ...{ title: `Name ${title}`, label: "name", known: [...namesOf(groups), ...studio.state.fine], mayBeEmpty: true },
      first: groups.find(({ id }) => id === first)?.name ?? "",
      answer: (name) =>
        void take({ action: "name", group: first, name }, `Group ${first} is ${name ?? "without a name"}.`),
    });
  const askGroup = () =>
    setQuestion({
      ...{ title: `Put ${counted(ids.length, "image")} into a group`, label: "group (a new name makes a new one)" },
      known: groups.map(({ id }) => nameOfGroup(groups, id)),
      answer: (name) => {
        const group = groupCalled(groups, name!);
        const into = group === undefined ? { group: "new", name } : { group };
        const called = group === undefined ? `${name}, a new group` : nameOfGroup(groups, group);
        void take(
          { action: "assign", ids, ...into },
          `${counted(ids.length, "image")} ${nounFor(ids.length, "is", "are")} in ${called}.`,
        );
      },
    });
  const merge = async (more: { readonly name?: string | null }) => {
    const state = await take({ action: "merge", groups: shown, ...more }, `${shown.length} groups are one.`);
    const [made] = state ? newGroups(groups, state) : [];
    if (made !== undefined) show(made);
  };
  const own = namesOf(groups.filter(({ id }) => shown.includes(id)));
  const askMerge = () =>
    setQuestion({
      ...{ title: `Merge ${own.join(" and ")}`, label: "name of all of them", known: own, mayBeEmpty: true },
      first: own[0]!,
      answer: (name) => void merge({ name }),
    });
  const buttons = [
    {
      ...{ key: "g", name: "Merge", does: "merge the marked groups", isPossible: shown.length > 1 },
      run: () => (own.length > 1 ? askMerge() : void merge({})),
    },
    { key: "n", name: "Name", does: "name the group", isPossible: shown.length === 1 && first > 0, run: askName },
    {
      ...{ key: "a", name: "Put into …", does: "put the chosen images into a group", isPossible: ids.length > 0 },
      run: askGroup,
    },
    {
      ...{ key: "x", name: "Not sure", does: "take the chosen images out of their group", isPossible: ids.length > 0 },
      run: () =>
        void take(
          { action: "assign", ids, group: null },
          `${counted(ids.length, "image")} ${nounFor(ids.length, "is", "are")} in no group.`,
        ),
    },
    {
      ...{ key: "d", name: "Drop", does: "take the chosen images out of the collection", isPossible: ids.length > 0 },
      run: () =>
        void take(
          { action: "drop", ids },
          `${counted(ids.length, "image")} ${nounFor(ids.length, "was", "were")} taken out.`,
        ),
    },
  ];
  return {
    buttons,
    shortcuts: buttons.map(({ key, does, isPossible, run }) => ({
      key,
      does,
      run: isPossible ? run : () => sayRefusal(studio, "Choose first: images by Space, groups by their boxes."),
    })),
    dialog: question && <NameDialog question={question} close={() => setQuestion(undefined)} />,
  };
}

const namesOf = (groups: readonly GroupEntry[]): string[] => [...new Set(groups.flatMap(({ name }) => name ?? []))];

/** The group of this name: as it is written, else in other letters (two folders called "Hat" and "hat" are one on some disks). */
function groupCalled(groups: readonly GroupEntry[], name: string): number | undefined {
  const called = (same: (other: string) => boolean) => groups.find(({ id }) => same(nameOfGroup(groups, id)))?.id;
  const folded = (text: string) => text.normalize("NFC").toLowerCase();
  return called((other) => other === name) ?? called((other) => folded(other) === folded(name));
}

/** Says in the form of an error why a key does nothing. */
export function sayRefusal(studio: Studio, reason: string): void {
  void studio.attempt(() => Promise.reject(new Error(reason)));
}
