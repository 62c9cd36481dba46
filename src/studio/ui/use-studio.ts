import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { StepAnswer, StudioAction, StudioState } from "../protocol.ts";
import { getBytes, getJson, postJson } from "./ask-server.ts";
import { columnsOf, type RowColumns } from "./columns.ts";

/** What every page of the Studio sees and may do. */
export interface Studio {
  readonly state: StudioState;
  readonly columns: RowColumns;
  /** Takes an action, and says what was done. The state after it; undefined where it failed. */
  act(action: StudioAction, done: string): Promise<StudioState | undefined>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** Reads the collection anew. */
  reload(): Promise<void>;
  /** Runs work that may fail; its error is shown in one line. Undefined where it failed. */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>;
  say(message: string): void;
}

export interface StatusMessage {
  readonly text: string;
  readonly isError: boolean;
}

interface Loaded {
  readonly state: StudioState;
  readonly columns: RowColumns;
}

/** What is known of the collection: never an older state over a newer one, nor a state with the columns of another. */
function useLoaded() {
  const [loaded, setLoaded] = useState<Loaded>();
  const newest = useRef(0);
  /** Whatever is loaded now is old from here on. Returns whether that is still so for what begins here. */
  const begin = useCallback(() => {
    const own = ++newest.current;
    return () => own === newest.current;
  }, []);
  /** Shows a state with its columns, unless it is old by then. @returns whether it is shown */
  const show = useCallback(async (state: StudioState, isNewest: () => boolean) => {
    if (!isNewest()) return false;
    const columns = columnsOf(await getBytes("/api/columns"));
    if (!isNewest()) return false;
    setLoaded({ state, columns });
    return true;
  }, []);
  return { loaded, begin, show };
}

/** Sends one after another: what the server takes first is what was asked first. */
function usePostsInOrder() {
  const last = useRef<Promise<unknown>>(Promise.resolve());
  return useCallback(<T>(work: () => Promise<T>): Promise<T> => {
    const own = last.current.then(work);
    last.current = own.catch(() => undefined);
    return own;
  }, []);
}

/** Holds the state of the collection; undefined until it is there. */
export function useStudio(): { studio: Studio | undefined; message: StatusMessage | undefined } {
  const { loaded, begin, show } = useLoaded();
  const inOrder = usePostsInOrder();
  const [message, setMessage] = useState<StatusMessage>();
  const attempt = useCallback(async <T>(work: () => Promise<T>) => {
    try {
      return await work();
    } catch (error) {
      setMessage({ text: (error as Error).message, isError: true });
      return undefined;
    }
  }, []);
  const say = useCallback((text: string) => setMessage({ text, isError: false }), []);
  const reload = useCallback(async () => {
    const isNewest = begin();
    await attempt(async () => show(await getJson<StudioState>("/api/state"), isNewest));
  }, [attempt, begin, show]);
  const take = useCallback(
    async <T extends StudioState>(path: string, body: unknown, done: (state: T) => string) => {
      const state = await attempt(async () => {
        const answer = await inOrder(() => {
          // Columns that are read from now on may be those of this action already.
          begin();
          return postJson<T>(path, body);
        });
        // What came after it has its own message.
        if (await show(answer, begin())) say(done(answer));
        return answer;
      });
      // It may have been changed by others, while no Studio was there: what is shown is old.
      if (!state) await reload();
      return state;
    },
    [attempt, begin, inOrder, reload, say, show],
  );
  const step = async (name: "undo" | "redo", done: string): Promise<void> => {
    await take<StepAnswer>(`/api/${name}`, {}, ({ taken }) =>
      taken === null ? `There is nothing to ${name}.` : `${done}: ${taken}.`,
    );
  };
  useNews(loaded?.state.version, reload);
  useEffect(() => void reload(), [reload]);
  const studio = loaded && {
    ...{ ...loaded, attempt, say, reload },
    act: (action: StudioAction, done: string) => take("/api/actions", action, () => done),
    undo: () => step("undo", "Undone"),
    redo: () => step("redo", "Done again"),
  };
  return { studio, message };
}

/** Another page may have changed the collection: whoever comes back to this one sees it. */
function useNews(version: number | undefined, reload: () => Promise<void>): void {
  useEffect(() => {
    const look = async () => {
      const now = await getJson<StudioState>("/api/state").catch(() => undefined);
      if (now && version !== undefined && now.version !== version) await reload();
    };
    const listen = () => void look();
    addEventListener("focus", listen);
    return () => removeEventListener("focus", listen);
  }, [version, reload]);
}
