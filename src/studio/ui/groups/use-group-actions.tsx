import { useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import type { GroupEntry, StudioAction } from "../../protocol.ts";
import { NameDialog, type NameQuestion } from "../parts/name-dialog.tsx";
import type { Selection } from "../parts/use-selection.ts";
import type { Shortcut } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import { DIGITS } from "./group-digits.ts";
import { nameOfGroup } from "./group-name.ts";
import { nameHint } from "./name-hint.ts";
import { newGroups } from "./new-groups.ts";
import { usePutIntoGroup } from "./use-put-into-group.ts";

const CHOOSE_FIRST = "Choose images first: Space, or a click.";

interface GroupWork {
  readonly studio: Studio;
  /** Number of the class. */
  readonly coarse: number;
  readonly groups: readonly GroupEntry[];
  /** Ids of groups by their digits. */
  readonly digits: ReadonlyMap<number, number>;
  /** Ids of the groups that are shown; 0 for none. */
  readonly shown: readonly number[];
  /** Images that were chosen. */
  readonly selection: Selection;
  /** Shows a group that a merge made. */
  readonly show: (id: number) => void;
}

/** Merge, name and the moves of images, with their keys. */
export function useGroupActions({ studio, coarse, groups, digits, shown, selection, show }: GroupWork) {
  const [question, setQuestion] = useState<NameQuestion>();
  const into = usePutIntoGroup();
  const ids = [...selection.ids].sort((a, b) => a - b);
  const take = (action: StudioAction, done: string) => studio.act(action, `${done} z takes it back.`);
  const move = async (action: StudioAction, done: string) => {
    // At once: the next key may choose others before this is taken, and they are not to go the same way.
    selection.remove(ids);
    if (!(await take(action, done))) selection.add(ids);
  };
  const first = shown[0] ?? 0;
  const title = nameOfGroup(groups, first);
  const askName = () =>
    setQuestion({
      ...{ title: `Name ${title}`, label: "name", known: [...namesOf(groups), ...studio.state.fine], mayBeEmpty: true },
      first: groups.find(({ id }) => id === first)?.name ?? "",
      hint: (name) =>
        nameHint(
          name,
          groups.filter(({ id }) => id !== first),
        ),
      answer: (name) => {
        const isShared = groups.some((group) => group.id !== first && group.name === name && name !== null);
        const done = `Group ${first} is ${name ?? "without a name"}${isShared ? ", as another group: one folder for both" : ""}.`;
        void take({ action: "name", group: first, name }, done);
      },
    });
  const images = { ids, coarse, groups, take: (action: StudioAction, done: string) => void move(action, done) };
  const askGroup = () => setQuestion(into.question(images));
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
      hint: (name) =>
        nameHint(
          name,
          groups.filter(({ id }) => !shown.includes(id)),
        ),
      answer: (name) => void merge({ name }),
    });
  const buttons: GroupAction[] = [
    {
      ...{ key: "g", name: "Merge", does: "merge the marked groups" },
      ...{ missing: shown.length > 1 ? undefined : "Mark two groups first: m, or their boxes." },
      run: () => (own.length > 1 ? askMerge() : void merge({})),
    },
    { key: "n", name: "Name", does: "name the group", missing: missingForOne(shown), run: askName },
    ...imageActions(ids, (action, done) => void move(action, done), askGroup),
  ];
  return {
    buttons,
    shortcuts: [
      ...buttons.map(({ key, does, missing, run }) => ({
        ...{ key, does },
        run: missing === undefined ? run : () => sayRefusal(studio, missing),
      })),
      ...quickKeys((digit) => {
        const group = digits.get(digit);
        if (group === undefined) sayRefusal(studio, `No group with a name has the digit ${digit}: n names a group.`);
        else if (ids.length === 0) sayRefusal(studio, CHOOSE_FIRST);
        else into.put(images, group, nameOfGroup(groups, group));
      }),
    ],
    dialog: question && <NameDialog question={question} close={() => setQuestion(undefined)} />,
  };
}

/** Shift and a digit, one for each group that has one. */
const quickKeys = (run: (digit: number) => void): Shortcut[] =>
  Array.from({ length: DIGITS }, (_, i) => ({
    ...{ key: `Shift 1 … ${DIGITS}`, does: "put the chosen images into the group that has this digit in the list" },
    ...{ place: { code: `Digit${i + 1}`, shift: true }, run: () => run(i + 1) },
  }));

/** The moves of the chosen images. */
function imageActions(
  ids: readonly number[],
  take: (action: StudioAction, done: string) => void,
  askGroup: () => void,
) {
  const missing = ids.length > 0 ? undefined : CHOOSE_FIRST;
  const images = counted(ids.length, "image");
  const actions: Omit<GroupAction, "missing">[] = [
    { key: "a", name: "Put into …", does: "put the chosen images into a group", run: askGroup },
    {
      ...{ key: "x", name: "Out of the group", does: "take the chosen images out of their group" },
      run: () =>
        take({ action: "assign", ids, group: null }, `${images} ${nounFor(ids.length, "is", "are")} in no group.`),
    },
    {
      ...{ key: "d", name: "Drop", does: "take the chosen images out of the collection" },
      run: () => take({ action: "drop", ids }, `${images} ${nounFor(ids.length, "was", "were")} taken out.`),
    },
  ];
  return actions.map((action) => ({ ...action, missing }));
}

interface GroupAction {
  readonly key: string;
  readonly name: string;
  readonly does: string;
  /** What is to be done before; undefined: nothing. */
  readonly missing: string | undefined;
  readonly run: () => void;
}

/** Why what is shown is not one group; undefined where it is. */
export function missingForOne(shown: readonly number[]): string | undefined {
  if (shown.length > 1) return `${shown.length} groups are marked: Escape leaves one, g merges them.`;
  return shown[0]! > 0 ? undefined : "Images that are not sure are no group.";
}

const namesOf = (groups: readonly GroupEntry[]): string[] => [...new Set(groups.flatMap(({ name }) => name ?? []))];

/** Says in the form of an error why a key does nothing. */
export function sayRefusal(studio: Studio, reason: string): void {
  void studio.attempt(() => Promise.reject(new Error(reason)));
}
