import { useCallback, useEffect, useState } from "preact/hooks";
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

async function load(state: StudioState): Promise<Loaded> {
  return { state, columns: columnsOf(await getBytes(`/api/columns?version=${state.version}`)) };
}

/** Holds the state of the collection; undefined until it is there. */
export function useStudio(): { studio: Studio | undefined; message: StatusMessage | undefined } {
  const [loaded, setLoaded] = useState<Loaded>();
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
    await attempt(async () => setLoaded(await load(await getJson<StudioState>("/api/state"))));
  }, [attempt]);
  const take = useCallback(
    async <T extends StudioState>(path: string, body: unknown, done: (state: T) => string) => {
      const state = await attempt(async () => {
        const answer = await postJson<T>(path, body);
        setLoaded(await load(answer));
        say(done(answer));
        return answer;
      });
      // It may have been changed by others, while no Studio was there: what is shown is old.
      if (!state) await reload();
      return state;
    },
    [attempt, reload, say],
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
