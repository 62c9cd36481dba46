import { useId, useRef, useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import type { ExportAnswer, ExportQuestion } from "../../protocol.ts";
import { postJson } from "../ask-server.ts";
import { Dialog } from "../parts/dialog.tsx";
import type { Studio } from "../use-studio.ts";

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
      close();
    } catch (error) {
      setProblem((error as Error).message);
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

const lastPart = (folder: string): string => folder.split(/[\\/]/).findLast(Boolean) ?? "collection";
