import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { StepAnswer, StudioAction, StudioState, StudioVersion } from "../protocol.ts";
import { getBytes, getJson, NO_ANSWER, onAnswer, postJson } from "./ask-server.ts";
import { columnsOf, type RowColumns } from "./columns.ts";
import { usePolling } from "./use-polling.ts";

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

/** What is said in the line below; that no answer comes, until one does. */
function useMessage() {
  const [message, setMessage] = useState<StatusMessage>();
  useEffect(() => onAnswer(() => setMessage((said) => (said?.text === NO_ANSWER ? undefined : said))), []);
  return {
    message,
    say: useCallback((text: string) => setMessage({ text, isError: false }), []),
    complain: useCallback((error: unknown) => setMessage({ text: (error as Error).message, isError: true }), []),
    clear: useCallback(() => setMessage(undefined), []),
  };
}

/** Holds the state of the collection; undefined until it is there. `clear` takes the message away. */
export function useStudio(): {
  studio: Studio | undefined;
  message: StatusMessage | undefined;
  clear: () => void;
} {
  const { loaded, begin, show } = useLoaded();
  const inOrder = usePostsInOrder();
  const acting = useRef(0);
  const { message, say, complain, clear } = useMessage();
  const attempt = useCallback(
    async <T>(work: () => Promise<T>) => {
      try {
        return await work();
      } catch (error) {
        complain(error);
        return undefined;
      }
    },
    [complain],
  );
  const reload = useCallback(async () => {
    const isNewest = begin();
    await attempt(async () => show(await getJson<StudioState>("/api/state"), isNewest));
  }, [attempt, begin, show]);
  const take = useCallback(
    async <T extends StudioState>(path: string, body: unknown, done: (state: T) => string) => {
      acting.current++;
      try {
        const answer = await inOrder(() => {
          // Columns that are read from now on may be those of this action already.
          begin();
          return postJson<T>(path, body);
        });
        // What came after it has its own message.
        if (await show(answer, begin())) say(done(answer));
        return answer;
      } catch (error) {
        // It may have been changed by others, while no Studio was there: what is shown is old.
        await reload();
        // Last, as an answer takes away that there is none.
        complain(error);
        return undefined;
      } finally {
        acting.current--;
      }
    },
    [begin, complain, inOrder, reload, say, show],
  );
  const step = async (name: "undo" | "redo", done: string): Promise<void> => {
    await take<StepAnswer>(`/api/${name}`, {}, ({ taken }) =>
      taken === null ? `There is nothing to ${name}.` : `${done}: ${taken}.`,
    );
  };
  useNews(async (version) => {
    // What an action of this page changed, it shows itself.
    if (loaded && version !== loaded.state.version && acting.current === 0) await reload();
  });
  useEffect(() => void reload(), [reload]);
  const studio = loaded && {
    ...{ ...loaded, attempt, say, reload },
    act: (action: StudioAction, done: string) => take("/api/actions", action, () => done),
    undo: () => step("undo", "Undone"),
    redo: () => step("redo", "Done again"),
  };
  return { studio, message, clear };
}

/** Another page looks at most so long after this one, and less often while no answer comes. */
const NEWS_MS = 5000;
const MOST_NEWS_MS = 60_000;

/** Another page may have changed the collection: this one looks while it is in sight, and at once when somebody comes back. */
function useNews(take: (version: number) => Promise<void>): void {
  const wait = useRef(NEWS_MS);
  const look = async () => {
    const now = await getJson<StudioVersion>("/api/version").catch(() => undefined);
    wait.current = now ? NEWS_MS : Math.min(MOST_NEWS_MS, 2 * wait.current);
    if (now) await take(now.version);
    return wait.current;
  };
  const latest = useRef(look);
  latest.current = look;
  usePolling(look, NEWS_MS, "");
  useEffect(() => {
    const listen = () => document.hidden || void latest.current();
    addEventListener("focus", listen);
    document.addEventListener("visibilitychange", listen);
    return () => {
      removeEventListener("focus", listen);
      document.removeEventListener("visibilitychange", listen);
    };
  }, []);
}
