import { useId, useMemo, useRef } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import type { ExportProgress } from "../../protocol.ts";
import { nameOfFolder } from "../name-of-folder.ts";
import { Dialog } from "../parts/dialog.tsx";
import type { Studio } from "../use-studio.ts";
import { fineFolders } from "./fine-folders.ts";
import { useFolderExport } from "./use-folder-export.ts";

/** Writes fine folders beside the collection, or gives the list of images as CSV. */
export function ExportDialog({ studio, close }: { readonly studio: Studio; readonly close: () => void }) {
  const [name, copy, unsure, splits] = [
    useRef<HTMLInputElement>(null),
    useRef<HTMLInputElement>(null),
    useRef<HTMLInputElement>(null),
    useRef<HTMLInputElement>(null),
  ];
  const { write, isWriting, progress, problem } = useFolderExport(studio, close);
  const id = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    void write({
      ...{ name: name.current!.value, copy: copy.current!.checked },
      ...{ unsure: unsure.current!.checked ? "folder" : "skip", splits: splits.current!.checked },
    });
  };
  return (
    <Dialog title="Fine folders" close={close}>
      <form onSubmit={submit}>
        <label for={id}>New folder beside the collection</label>
        <input id={id} ref={name} defaultValue={`${nameOfFolder(studio.state.folder)}-fine`} required maxLength={255} />
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
            {isWriting ? writingText(progress) : "Write folders"}
          </button>
          <a class="button" href="/api/export/groups.csv" download="groups.csv">
            List as CSV
          </a>
          <button type="button" onClick={close}>
            {isWriting ? "Stop" : "Cancel"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const writingText = (progress: ExportProgress | undefined): string =>
  progress?.isRunning && progress.total > 0
    ? `Writing … ${progress.done.toLocaleString("en")} of ${progress.total.toLocaleString("en")}`
    : "Writing …";

/** What will be in them: many look for the odd one before they write. */
function FolderTable({ studio: { state, columns } }: { readonly studio: Studio }) {
  const { folders, unsure } = useMemo(() => fineFolders({ state, columns }), [state, columns]);
  const refused = folders.filter(({ problem }) => problem !== undefined).length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it
    <section class="folders" tabIndex={0} aria-label="Folders">
      {refused > 0 && (
        <p class="problem">
          {counted(refused, "folder")} will be refused: give {nounFor(refused, "it", "them")} another name first.
        </p>
      )}
      <table>
        <caption>
          {counted(folders.length, "folder")}
          {unsure > 0 && `, without ${counted(unsure, "image")} that ${nounFor(unsure, "is", "are")} not sure`}
        </caption>
        <tbody>
          {folders.map(({ coarse, fine, count, problem }) => (
            <tr key={`${coarse} ${fine}`}>
              <th scope="row">
                {coarse}/{fine}
                {problem !== undefined && <small class="problem">{problem}</small>}
                {problem === undefined && fine.includes("/") && <small>a folder in a folder</small>}
              </th>
              <td>{counted(count, "image")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
