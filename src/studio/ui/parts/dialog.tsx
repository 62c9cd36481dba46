import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

/** Stands before the page until it is closed; Escape closes it. */
export function Dialog({
  title,
  close,
  children,
}: {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Before the next key: it is for the dialog, not for the page behind.
  useLayoutEffect(() => {
    const shown = dialog.current!;
    shown.showModal();
    // What had the focus has it again: a dialog that is only taken away leaves it nowhere.
    return () => shown.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={close}>
      <h2 id={heading} class="one-line" title={title}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}
