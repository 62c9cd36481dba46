import type { FunctionComponent } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { addressOf, goTo, onAddress } from "./address.ts";
import { Gallery } from "./gallery/gallery.tsx";
import { Groups } from "./groups/groups.tsx";
import { MapPage } from "./map/map-page.tsx";
import { nameOfFolder } from "./name-of-folder.ts";
import { ActionsDialog } from "./parts/actions-dialog.tsx";
import { ShownCollection } from "./parts/grid-picture.tsx";
import { Help } from "./parts/help.tsx";
import { Review } from "./review/review.tsx";
import { Runs } from "./runs/runs.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { Targets } from "./targets/targets.tsx";
import { type StatusMessage, type Studio, useStudio } from "./use-studio.ts";

/** The pages by the word in the address behind `#`. */
const pages: Readonly<
  Record<string, { readonly title: string; readonly page: FunctionComponent<{ studio: Studio }> }>
> = {
  gallery: { title: "Gallery", page: Gallery },
  map: { title: "Map", page: MapPage },
  groups: { title: "Groups", page: Groups },
  review: { title: "Review", page: Review },
  runs: { title: "Runs", page: Runs },
  targets: { title: "Targets", page: Targets },
};
const names = Object.keys(pages);

const fromAddress = (): string => {
  const name = addressOf(location.hash).page;
  return Object.hasOwn(pages, name) ? name : names[0]!;
};

export function App() {
  const { studio, message, clear } = useStudio();
  const [name, setName] = useState(fromAddress);
  const [dialog, setDialog] = useState<"keys" | "actions">();
  const close = () => setDialog(undefined);
  const isSame = useSameCollection(studio?.state.key);
  const follow = useCallback(() => {
    // What was said is of the page that goes.
    if (fromAddress() !== name) clear();
    setName(fromAddress());
  }, [name, clear]);
  useLayoutEffect(() => onAddress(follow), [follow]);
  useShortcuts([
    ...names.map((page, i) => ({
      ...{ key: String(i + 1), does: `go to ${pages[page]!.title}` },
      place: { code: `Digit${i + 1}`, shift: false },
      run: () => goTo(page),
    })),
    { key: "z", does: "undo", run: () => void studio?.undo() },
    { key: "Z", does: "redo", run: () => void studio?.redo() },
    { key: "h", does: "show what was done", run: () => setDialog("actions") },
    { key: "?", does: "show these keys", run: () => setDialog("keys") },
  ]);
  const { page: Page } = pages[name]!;
  return (
    <>
      <Header current={name} studio={studio} show={setDialog} />
      <main id="page">
        {studio && isSame ? (
          <ShownCollection.Provider value={studio.state.key}>
            <Page studio={studio} />
          </ShownCollection.Provider>
        ) : (
          <p class="loading">Opening the collection …</p>
        )}
      </main>
      <Status message={message} />
      {dialog === "keys" && <Help close={close} />}
      {dialog === "actions" && studio && <ActionsDialog studio={studio} close={close} />}
    </>
  );
}

/**
 * Whether the collection is that of the beginning. Pictures, chosen images and filters are of one collection: where a server
 * at the same address has another one, all begins anew.
 */
function useSameCollection(key: string | undefined): boolean {
  const first = useRef(key);
  first.current ??= key;
  const isSame = first.current === key;
  useEffect(() => {
    if (!isSame) location.reload();
  }, [isSame]);
  return isSame;
}

interface HeaderProps {
  readonly current: string;
  readonly studio: Studio | undefined;
  readonly show: (dialog: "keys" | "actions") => void;
}

function Header({ current, studio, show }: HeaderProps) {
  return (
    <header>
      <h1>{studio ? nameOfFolder(studio.state.folder) : "maskcon studio"}</h1>
      <nav aria-label="Pages">
        {names.map((name) => (
          <a key={name} href={`#${name}`} aria-current={name === current ? "page" : undefined}>
            {pages[name]!.title}
          </a>
        ))}
      </nav>
      <div class="buttons">
        <button
          {...{ type: "button", disabled: studio?.state.undoable == null, title: studio?.state.undoable ?? undefined }}
          onClick={() => void studio?.undo()}
        >
          Undo
        </button>
        <button
          {...{ type: "button", disabled: studio?.state.redoable == null, title: studio?.state.redoable ?? undefined }}
          onClick={() => void studio?.redo()}
        >
          Redo
        </button>
        <button type="button" disabled={!studio} onClick={() => show("actions")}>
          Actions
        </button>
        <button type="button" onClick={() => show("keys")}>
          Keys
        </button>
      </div>
    </header>
  );
}

function Status({ message }: { message: StatusMessage | undefined }) {
  return (
    <p class={message?.isError ? "status error" : "status"} role="status">
      <span class="status-text" title={message?.text}>
        {message?.text}
      </span>
    </p>
  );
}
