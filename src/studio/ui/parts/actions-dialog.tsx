import { useEffect, useState } from "preact/hooks";
import type { ActionsAnswer } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";
import { Dialog } from "./dialog.tsx";

/** What was done to the collection, the newest first, also by other pages and commands. */
export function ActionsDialog({ studio, close }: { readonly studio: Studio; readonly close: () => void }) {
  const { state, attempt } = studio;
  const [answer, setAnswer] = useState<ActionsAnswer>();
  useEffect(() => {
    let isShown = true;
    const read = async () => {
      const next = await attempt(() => getJson<ActionsAnswer>("/api/actions"));
      if (next && isShown) setAnswer(next);
    };
    void read();
    return () => {
      isShown = false;
    };
  }, [state.version, attempt]);
  return (
    <Dialog title="What was done" close={close}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it */}
      <section class="actions" tabIndex={0} aria-label="Actions">
        {answer?.actions.length === 0 && <p class="hint">Nothing yet.</p>}
        <table>
          <tbody>
            {answer?.actions.map(({ n, time, text, isUndone }) => (
              <tr key={n}>
                <th scope="row">{n}</th>
                <td>
                  <time dateTime={time}>{new Date(time).toLocaleString()}</time>
                </td>
                <td>{isUndone ? <s>{text}</s> : text}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {answer?.more && <p class="hint">Older ones: maskcon collection log --last N</p>}
      </section>
      <div class="buttons">
        <button type="button" disabled={state.undoable === null} onClick={() => void studio.undo()}>
          Undo
        </button>
        <button type="button" disabled={state.redoable === null} onClick={() => void studio.redo()}>
          Redo
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
