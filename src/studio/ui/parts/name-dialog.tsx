import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";

export interface NameQuestion {
  readonly title: string;
  /** What the input stands for: "coarse class". */
  readonly label: string;
  readonly known: readonly string[];
  readonly first?: string | undefined;
  /** Whether no name at all is an answer: it is given as null. */
  readonly mayBeEmpty?: boolean | undefined;
  /** What a name leads to, said while it is typed; undefined where there is nothing to say. */
  readonly hint?: ((name: string) => string | undefined) | undefined;
  readonly answer: (name: string | null) => void;
}

/** Asks for a name, a known one or a new one. */
export function NameDialog({ question, close }: { readonly question: NameQuestion; readonly close: () => void }) {
  const { title, label, known, first = "", mayBeEmpty, hint, answer } = question;
  const [input, list, hints] = [useId(), useId(), useId()];
  const [text, setText] = useState(first);
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
        {/* Above: the browser's list of names hides what is below. */}
        {hint && (
          <p id={hints} class="hint name-hint" aria-live="polite">
            {hint(text.trim())}
          </p>
        )}
        <input
          {...{ id: input, list, ref: field, defaultValue: first, autocomplete: "off" }}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          aria-describedby={hint && hints}
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
