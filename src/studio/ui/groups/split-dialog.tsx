import { useEffect, useId, useRef, useState } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import { type GroupEntry, type GroupParts, thumbnailPath } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useSizeOf } from "../parts/use-size-of.ts";
import type { Studio } from "../use-studio.ts";
import { nameOfGroup } from "./group-name.ts";
import { newGroups } from "./new-groups.ts";
import { partsLayout } from "./parts-layout.ts";

interface SplitDialogProps {
  readonly studio: Studio;
  readonly groups: readonly GroupEntry[];
  readonly group: number;
  readonly close: () => void;
  /** Shows the groups that it became. */
  readonly show: (ids: readonly number[]) => void;
}

const MOST_PARTS = 12;

/** Cuts a group along its tree into as many parts as somebody wants to see. */
export function SplitDialog({ studio, groups, group, close, show }: SplitDialogProps) {
  const { act } = studio;
  const [count, setCount] = useState(2);
  const [found, setFound] = useState<{ readonly count: number; readonly parts: GroupParts }>();
  const [problem, setProblem] = useState<string>();
  const slider = useId();
  useEffect(() => {
    let isLatest = true;
    setProblem(undefined);
    getJson<GroupParts>(`/api/groups/${group}/parts?count=${count}`).then(
      (parts) => isLatest && setFound({ count, parts }),
      // The line below the page is behind the dialog.
      ({ message }: Error) => isLatest && setProblem(message),
    );
    return () => {
      isLatest = false;
    };
  }, [group, count]);
  const title = nameOfGroup(groups, group);
  const parts = found?.parts;
  // Not into the parts of where the slider was before.
  const canSplit = found?.count === count && found.parts.length > 1;
  const split = async () => {
    if (!canSplit || !parts) return;
    close();
    const done = `${title} is ${counted(parts.length, "group")}, without a name. z takes it back.`;
    const state = await act({ action: "split", group, parts }, done);
    const made = state ? newGroups(groups, state) : [];
    if (made.length > 0) show(made);
  };
  return (
    <Dialog title={`Split ${title}`} close={close}>
      <label for={slider}>Parts: {count}</label>
      <input
        {...{ id: slider, type: "range", min: 2, max: MOST_PARTS, value: count }}
        onInput={({ currentTarget }) => setCount(Number(currentTarget.value))}
        onKeyDown={({ key }) => key === "Enter" && void split()}
      />
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <Parts parts={parts ?? []} />
      <div class="buttons">
        <button type="button" class="main" disabled={!canSplit} onClick={() => void split()}>
          Split into {parts?.length ?? count}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}

/** As many pictures of each part as there is room for. */
function Parts({ parts }: { readonly parts: GroupParts }) {
  const box = useRef<HTMLOListElement>(null);
  const { columns, tile, shown, scrolls } = partsLayout(useSizeOf(box), parts.length);
  return (
    // Keys scroll only what may have the focus.
    <ol
      {...{ ref: box, class: "parts", tabIndex: scrolls ? 0 : undefined }}
      style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}
    >
      {parts.map((ids, i) => (
        <li key={ids[0]}>
          {i + 1}. {counted(ids.length, "image")}
          <div>
            {ids.slice(0, shown).map((id) => (
              <img key={id} src={thumbnailPath(id)} width={tile} height={tile} alt="" />
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}
