import { useRef } from "preact/hooks";
import type { PictureQuery } from "./use-query.ts";

interface QueryBarProps {
  readonly query: PictureQuery | undefined;
  readonly ask: (query: PictureQuery | undefined) => void;
  /** Whether the filter is for images that are shown: a search finds no others. */
  readonly isLive: boolean;
}

/** What is looked for, and the way to look for a picture from a file. */
export function QueryBar({ query, ask, isLive }: QueryBarProps) {
  const file = useRef<HTMLInputElement>(null);
  const take = () => {
    const picture = file.current?.files?.[0];
    if (picture) ask({ picture, name: picture.name });
  };
  return (
    <fieldset class="query" aria-label="Search">
      <input ref={file} type="file" accept="image/*" hidden onChange={take} aria-label="A picture to look for" />
      <button type="button" onClick={() => file.current?.click()} title="Dropping or pasting a picture does the same">
        Find a picture …
      </button>
      {query && (
        <>
          <span>like {"id" in query ? `image ${query.id}` : query.name}</span>
          <button type="button" onClick={() => ask(undefined)}>
            Back to all
          </button>
          {!isLive && <span class="hint">A search finds images that are shown, whatever their state above.</span>}
        </>
      )}
    </fieldset>
  );
}
