import { useEffect, useState } from "preact/hooks";
import type { By, Found, SearchQuestion, StudioState } from "../../protocol.ts";
import { saidInAddress } from "../address.ts";
import { postJson, postPicture } from "../ask-server.ts";
import type { Filter } from "../columns.ts";
import { useAddress } from "../use-address.ts";
import type { Studio } from "../use-studio.ts";

/** What to look for: images like one of the collection, or like another picture. */
export type PictureQuery = { readonly id: number } | { readonly picture: Blob; readonly name: string };

/** By which encoder each list was found. */
export type FoundBy = Readonly<Record<By, readonly Found[]>>;

const COUNT = 200;

/** Of `#gallery=ID`: other pages lead here by it, and bookmarks. */
const queryOf = (text: string): PictureQuery | undefined =>
  /^\d{1,10}$/.test(text) ? { id: Number(text) } : undefined;

/** Searches by both encoders whenever the query, the filter or the collection changes; at first for what the address says. */
export function useQuery({ attempt, state }: Studio, filter: Filter) {
  const [query, setQuery] = useState(() => queryOf(saidInAddress("gallery") ?? ""));
  useAddress("gallery", (value) => setQuery((before) => queryOf(value) ?? before));
  const [found, setFound] = useState<{ readonly query: PictureQuery; readonly lists: FoundBy }>();
  const { version } = state;
  useEffect(() => {
    let isLatest = true;
    if (!query) return;
    const where = whereOf(state, filter);
    void attempt(async () => {
      const [trained, frozen] = await Promise.all([search(query, "trained", where), search(query, "frozen", where)]);
      if (isLatest) setFound({ query, lists: { trained, frozen } });
    });
    return () => {
      isLatest = false;
    };
  }, [attempt, query, filter, version]);
  // What was found stays in its place while it is asked anew, with the cursor and the focus.
  return { query, found: found?.query === query ? found?.lists : undefined, ask: setQuery };
}

function search(query: PictureQuery, by: By, where: SearchQuestion["where"]): Promise<Found[]> {
  if ("id" in query) return postJson("/api/search", { id: query.id, by, count: COUNT, where } satisfies SearchQuestion);
  const parameters = new URLSearchParams({ by, count: String(COUNT), where: JSON.stringify(where) });
  return postPicture(`/api/search/picture?${parameters}`, query.picture);
}

function whereOf(state: StudioState, filter: Filter): SearchQuestion["where"] {
  const names = (["coarse", "fine", "split"] as const).flatMap((column) => {
    const number = filter[column];
    return number === undefined ? [] : [[column, [state[column][number] ?? ""]] as const];
  });
  const group = filter.group === undefined ? {} : { group: [filter.group === 0 ? "" : String(filter.group)] };
  return { ...Object.fromEntries(names), ...group };
}
