import { useEffect, useMemo, useState } from "preact/hooks";
import type { GroupEntry, GroupPair } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import { Choice } from "../parts/choice.tsx";
import { useSelection } from "../parts/use-selection.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import { ExportDialog } from "./export-dialog.tsx";
import { GroupImages } from "./group-images.tsx";
import { GroupList } from "./group-list.tsx";
import { nameOfGroup } from "./group-name.ts";
import { ProposeButton } from "./propose-button.tsx";
import { SplitDialog } from "./split-dialog.tsx";
import { sayRefusal, useGroupActions } from "./use-group-actions.tsx";

/** The groups of one coarse class: name, merge, split, and put images where they belong. */
export function Groups({ studio }: { readonly studio: Studio }) {
  const { state } = studio;
  const [coarse, setCoarse] = useState(0);
  const groups = useMemo(() => state.groups.filter((group) => group.coarse === coarse), [state.groups, coarse]);
  const [current, setCurrent] = useState(0);
  /** Of groups: those that a merge would join. */
  const marked = useSelection();
  const images = useSelection();
  const [splitting, setSplitting] = useState<number>();
  const [isExporting, setExporting] = useState(false);
  const shown = shownGroups(groups, marked.ids, current);
  const actions = useGroupActions({
    studio,
    groups,
    shown,
    images,
    show: (id) => {
      setCurrent(id);
      marked.clear();
    },
  });
  const canSplit = shown.length === 1 && shown[0]! > 0;
  const split = () => (canSplit ? setSplitting(shown[0]) : sayRefusal(studio, "Choose one group to split."));
  const nextPair = usePairs(studio, coarse, (pair) => {
    marked.set(pair);
    setCurrent(pair[0]);
  });
  useShortcuts([
    ...actions.shortcuts,
    { key: "k", does: "split the group", run: split },
    { key: "p", does: "the next most similar pair of groups", run: nextPair },
    { key: "e", does: "write fine folders", run: () => setExporting(true) },
  ]);
  const choose = (id: number) => {
    setCurrent(id);
    marked.clear();
    images.clear();
  };
  return (
    <div class="gallery">
      <div class="bar">
        <Choice
          {...{ label: "coarse class", names: state.coarse, value: coarse }}
          choose={(value) => {
            setCoarse(value ?? 0);
            choose(0);
          }}
        />
        <ProposeButton studio={studio} coarse={state.coarse[coarse]!} />
        <GroupBar
          {...{ actions, nextPair, split, canSplit, takeHome: () => setExporting(true), hasPair: groups.length > 1 }}
        />
      </div>
      <div class="panes">
        <GroupList {...{ studio, coarse, groups, current, marked, choose }} />
        {shown.map((id) => (
          <GroupImages key={id} {...{ studio, coarse, id, selection: images }} title={nameOfGroup(groups, id)} />
        ))}
      </div>
      {actions.dialog}
      {isExporting && <ExportDialog studio={studio} close={() => setExporting(false)} />}
      {splitting !== undefined && (
        <SplitDialog
          {...{ studio, groups, group: splitting, close: () => setSplitting(undefined) }}
          show={(parts) => {
            setCurrent(parts[0]!);
            marked.set(parts);
          }}
        />
      )}
    </div>
  );
}

interface GroupBarProps {
  readonly actions: ReturnType<typeof useGroupActions>;
  readonly nextPair: () => void;
  readonly split: () => void;
  readonly takeHome: () => void;
  readonly hasPair: boolean;
  readonly canSplit: boolean;
}

function GroupBar({ actions, nextPair, split, takeHome, hasPair, canSplit }: GroupBarProps) {
  return (
    <fieldset class="edits" aria-label="Groups">
      <button type="button" onClick={nextPair} disabled={!hasPair} aria-keyshortcuts="p">
        Next similar pair <kbd>p</kbd>
      </button>
      {actions.buttons.map(({ key, name, run, isPossible }) => (
        <button key={key} type="button" disabled={!isPossible} onClick={run} aria-keyshortcuts={key}>
          {name} <kbd>{key}</kbd>
        </button>
      ))}
      <button type="button" disabled={!canSplit} onClick={split} aria-keyshortcuts="k">
        Split <kbd>k</kbd>
      </button>
      <button type="button" onClick={takeHome} aria-keyshortcuts="e">
        Fine folders … <kbd>e</kbd>
      </button>
    </fieldset>
  );
}

/** The groups whose images are shown: two that were marked, or the one with the cursor. 0 are images in none. */
function shownGroups(groups: readonly GroupEntry[], marked: ReadonlySet<number>, current: number): number[] {
  const ids = new Set(groups.map(({ id }) => id));
  const living = [...marked].filter((id) => ids.has(id));
  if (living.length > 1) return living;
  return [ids.has(current) || current === 0 ? current : 0];
}

/** Goes through the pairs of a class, the most similar first; anew after every action. */
function usePairs({ attempt, state, say }: Studio, coarse: number, show: (pair: readonly [number, number]) => void) {
  const [pairs, setPairs] = useState<readonly GroupPair[]>([]);
  const [next, setNext] = useState(0);
  useEffect(() => {
    let isLatest = true;
    setNext(0);
    void attempt(async () => {
      const found = await getJson<GroupPair[]>(`/api/groups/pairs?coarse=${coarse}`);
      if (isLatest) setPairs(found);
    });
    return () => {
      isLatest = false;
    };
  }, [attempt, coarse, state.version]);
  return () => {
    const pair = pairs[next % pairs.length];
    if (!pair) return say("There are not two groups in this class.");
    setNext(next + 1);
    show(pair.groups);
    say(
      `Pair ${(next % pairs.length) + 1} of ${pairs.length}: similarity ${pair.similarity.toFixed(3)}. g merges them.`,
    );
  };
}
