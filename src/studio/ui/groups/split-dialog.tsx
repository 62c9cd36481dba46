import { useEffect, useId, useState } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import { type GroupParts, thumbnailPath } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import { Dialog } from "../parts/dialog.tsx";
import type { Studio } from "../use-studio.ts";

interface SplitDialogProps {
  readonly studio: Studio;
  readonly group: number;
  readonly close: () => void;
}

const MOST_PARTS = 12;
const PICTURES = 8;

/** Cuts a group along its tree into as many parts as somebody wants to see. */
export function SplitDialog({ studio, group, close }: SplitDialogProps) {
  const { attempt, act } = studio;
  const [count, setCount] = useState(2);
  const [parts, setParts] = useState<GroupParts>();
  const slider = useId();
  useEffect(() => {
    let isLatest = true;
    void attempt(async () => {
      const found = await getJson<GroupParts>(`/api/groups/${group}/parts?count=${count}`);
      if (isLatest) setParts(found);
    });
    return () => {
      isLatest = false;
    };
  }, [attempt, group, count]);
  const split = async () => {
    close();
    const done = `Group ${group} is ${counted(parts!.length, "group")}. z takes it back.`;
    await act({ action: "split", group, parts: parts! }, done);
  };
  return (
    <Dialog title={`Split group ${group}`} close={close}>
      <label for={slider}>Parts: {count}</label>
      <input
        {...{ id: slider, type: "range", min: 2, max: MOST_PARTS, value: count }}
        onInput={({ currentTarget }) => setCount(Number(currentTarget.value))}
      />
      <ol class="parts">
        {parts?.map((ids) => (
          <li key={ids[0]}>
            {counted(ids.length, "image")}
            <div>
              {ids.slice(0, PICTURES).map((id) => (
                <img key={id} src={thumbnailPath(id)} width={64} height={64} alt="" />
              ))}
            </div>
          </li>
        ))}
      </ol>
      <div class="buttons">
        <button type="button" class="main" disabled={!parts || parts.length < 2} onClick={() => void split()}>
          Split into {parts?.length ?? count}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
