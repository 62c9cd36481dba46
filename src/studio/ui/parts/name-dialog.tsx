import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Dialog } from "./dialog.tsx";

export interface NameQuestion {
  readonly title: string;
  /** What the input stands for: "coarse class". */
  readonly label: string;
  readonly known: readonly string[];
  readonly first?: string | undefined;
  /** Whether no name at all is an answer: it is given as null. */
  readonly mayBeEmpty?: boolean | undefined;
  readonly answer: (name: string | null) => void;
}

/** Asks for a name, a known one or a new one. */
export function NameDialog({ question, close }: { readonly question: NameQuestion; readonly close: () => void }) {
  const { title, label, known, first = "", mayBeEmpty, answer } = question;
  const [input, list] = [useId(), useId()];
  const field = useRef<HTMLInputElement>(null);
  // What stands there is taken by Enter, and replaced by typing. Before the next key.
  useLayoutEffect(() => field.current!.select(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    const name = field.current!.value.trim();
    if (name === "" && !mayBeEmpty) return;
    close();
    answer(name === "" ? null : name);
  };
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={submit}>
        <label for={input}>{label}</label>
        <input
          {...{ id: input, list, ref: field, defaultValue: first, autocomplete: "off" }}
          required={!mayBeEmpty}
          maxLength={1000}
        />
        <datalist id={list}>
          {known.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <div class="buttons">
          <button type="submit" class="main">
            OK
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
