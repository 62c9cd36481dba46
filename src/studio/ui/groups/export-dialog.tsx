import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import type { ExportAnswer, ExportQuestion } from "../../protocol.ts";
import { postJson } from "../ask-server.ts";
import { Dialog } from "../parts/dialog.tsx";
import type { Studio } from "../use-studio.ts";
import { fineFolders } from "./fine-folders.ts";
import { sayRefusal } from "./use-group-actions.tsx";

/** Writes fine folders beside the collection, or gives the list of images as CSV. */
export function ExportDialog({ studio, close }: { readonly studio: Studio; readonly close: () => void }) {
  const { say, state } = studio;
  const [name, copy, unsure, splits] = [
    useRef<HTMLInputElement>(null),
    useRef<HTMLInputElement>(null),
    useRef<HTMLInputElement>(null),
    useRef<HTMLInputElement>(null),
  ];
  const [isWriting, setWriting] = useState(false);
  const [problem, setProblem] = useState<string>();
  const isOpen = useRef(true);
  useEffect(
    () => () => {
      isOpen.current = false;
    },
    [],
  );
  const id = useId();
  const write = async (event: Event) => {
    event.preventDefault();
    setWriting(true);
    const question: ExportQuestion = {
      ...{ name: name.current!.value, copy: copy.current!.checked },
      ...{ unsure: unsure.current!.checked ? "folder" : "skip", splits: splits.current!.checked },
    };
    try {
      const { folder, written, left } = await postJson<ExportAnswer>("/api/export/folders", question);
      say(
        `${counted(written, "image")} ${nounFor(written, "is", "are")} in ${folder}${left > 0 ? `; ${left} not sure ${nounFor(left, "was", "were")} left out` : ""}.`,
      );
      if (isOpen.current) close();
    } catch (error) {
      const { message } = error as Error;
      // Somebody who left the dialog hears of it on the page.
      if (!isOpen.current) sayRefusal(studio, message);
      setProblem(message);
      setWriting(false);
    }
  };
  return (
    <Dialog title="Fine folders" close={close}>
      <form onSubmit={(event) => void write(event)}>
        <label for={id}>New folder beside the collection</label>
        <input id={id} ref={name} defaultValue={`${lastPart(state.folder)}-fine`} required maxLength={255} />
        <label>
          <input type="checkbox" ref={copy} /> copies instead of hard links
        </label>
        <label>
          <input type="checkbox" ref={unsure} /> images that are not sure in a folder of their own
        </label>
        <label>
          <input type="checkbox" ref={splits} defaultChecked /> folders train and test above the classes, where every
          image has a split
        </label>
        {problem !== undefined && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <p class="hint">
          The folder of an image is the name of its group, else its fine class, else the number of the group.
        </p>
        <FolderTable studio={studio} />
        <div class="buttons">
          <button type="submit" class="main" disabled={isWriting}>
            {isWriting ? "Writing …" : "Write folders"}
          </button>
          <a class="button" href="/api/export/groups.csv" download="groups.csv">
            List as CSV
          </a>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** What will be in them: many look for the odd one before they write. */
function FolderTable({ studio: { state, columns } }: { readonly studio: Studio }) {
  const { folders, unsure } = useMemo(() => fineFolders({ state, columns }), [state, columns]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it
    <section class="folders" tabIndex={0} aria-label="Folders">
      <table>
        <caption>
          {counted(folders.length, "folder")}, without {counted(unsure, "image")} that {nounFor(unsure, "is", "are")}{" "}
          not sure
        </caption>
        <tbody>
          {folders.map(({ coarse, fine, count }) => (
            <tr key={`${coarse} ${fine}`}>
              <th scope="row">
                {coarse}/{fine}
              </th>
              <td>{counted(count, "image")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const lastPart = (folder: string): string => folder.split(/[\\/]/).findLast(Boolean) ?? "collection";
