import { useState } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import { Choice } from "../parts/choice.tsx";
import { useSelection } from "../parts/use-selection.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import { ExportDialog } from "./export-dialog.tsx";
import { useGroupDigits } from "./group-digits.ts";
import { GroupImages } from "./group-images.tsx";
import { GroupList } from "./group-list.tsx";
import { nameOfGroup } from "./group-name.ts";
import { ProposeButton } from "./propose-button.tsx";
import { SplitDialog } from "./split-dialog.tsx";
import { missingForOne, sayRefusal, useGroupActions } from "./use-group-actions.tsx";
import { useGroupPlace } from "./use-group-place.ts";
import { usePairs } from "./use-pairs.ts";

/** The groups of one coarse class: name, merge, split, and put images where they belong. */
export function Groups({ studio }: { readonly studio: Studio }) {
  const { state } = studio;
  const images = useSelection();
  const place = useGroupPlace(studio, images);
  const { coarse, groups, shown, show } = place;
  const digits = useGroupDigits(state.coarse[coarse], groups);
  const [splitting, setSplitting] = useState<number>();
  const [isExporting, setExporting] = useState(false);
  const actions = useGroupActions({
    ...{ studio, coarse, groups, digits, shown, selection: images, show: (id) => show([id]) },
  });
  const missing = missingForOne(shown);
  const split = () => (missing === undefined ? setSplitting(shown[0]) : sayRefusal(studio, missing));
  const stepPair = usePairs(studio, coarse, show);
  const nextPair = () => void stepPair(1);
  useShortcuts([
    ...place.shortcuts,
    ...actions.shortcuts,
    { key: "k", does: "split the group", run: split },
    { key: "p", does: "the next most similar pair of groups", run: nextPair },
    { key: "P", does: "the pair before", run: () => void stepPair(-1) },
    { key: "e", does: "write fine folders", run: () => setExporting(true) },
  ]);
  return (
    <div class="gallery">
      <div class="bar">
        <Choice
          {...{ label: "coarse class", names: state.coarse, value: coarse, none: place.classes.includes(-1) }}
          choose={(value) => place.setClass(value ?? 0)}
        />
        <ProposeButton studio={studio} coarse={state.coarse[coarse] ?? null} />
        <GroupBar
          {...{ actions, nextPair, split, canSplit: missing === undefined, hasPair: groups.length > 1 }}
          {...{ takeHome: () => setExporting(true), chosen: images.ids.size }}
        />
      </div>
      <div class="panes">
        <GroupList {...{ studio, place, digits }} />
        {shown.map((id) => (
          <GroupImages
            key={id}
            {...{ studio, coarse, id, selection: images, entered: () => place.enter(id) }}
            title={nameOfGroup(groups, id)}
          />
        ))}
      </div>
      {actions.dialog}
      {isExporting && <ExportDialog studio={studio} close={() => setExporting(false)} />}
      {splitting !== undefined && (
        <SplitDialog {...{ studio, groups, group: splitting, show, close: () => setSplitting(undefined) }} />
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
  /** Images. */
  readonly chosen: number;
}

function GroupBar({ actions, nextPair, split, takeHome, hasPair, canSplit, chosen }: GroupBarProps) {
  return (
    <fieldset class="edits" aria-label="Groups">
      <span class="count">{chosen > 0 ? `${counted(chosen, "image")} chosen` : "none chosen"}</span>
      <button type="button" onClick={nextPair} disabled={!hasPair} aria-keyshortcuts="p">
        Next similar pair <kbd>p</kbd>
      </button>
      {actions.buttons.map(({ key, name, run, missing }) => (
        <button key={key} type="button" disabled={missing !== undefined} onClick={run} aria-keyshortcuts={key}>
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
