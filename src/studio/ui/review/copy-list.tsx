import { useEffect, useRef, useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import { type CopyEntry, thumbnailPath } from "../../protocol.ts";
import { positionOfId } from "../columns.ts";
import { captionOf } from "../gallery/caption.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import type { ReadyReview } from "./without-decided.ts";

interface CopyListProps {
  readonly studio: Studio;
  readonly review: Pick<ReadyReview, "copies" | "totals" | "sameFiles">;
}

/** Pairs that are in the page at a time. */
const SHOWN = 50;

/** Pairs of images that show the same, those across splits first. */
export function CopyList({ studio, review: { copies, totals, sameFiles } }: CopyListProps) {
  const [current, setCurrent] = useState(0);
  const cursor = Math.min(current, copies.length - 1);
  const decide = async (pair: CopyEntry | undefined, drop: number | undefined) => {
    if (!pair) return;
    const edit =
      drop === undefined ? { action: "keep", kind: "copies", ids: pair.ids } : { action: "drop", ids: [drop] };
    await studio.act(
      edit,
      drop === undefined ? "Both stay. z takes it back." : `Image ${drop} was taken out. z takes it back.`,
    );
  };
  const proposed = (pair: CopyEntry | undefined) => pair?.ids.find((id) => id !== pair.keep);
  /** Pictures that only look alike are for a person to judge, pair by pair. */
  const dropAll = async () => {
    const { drop: ids } = sameFiles;
    await studio.act(
      { action: "drop", ids },
      `${counted(ids.length, "image")} ${nounFor(ids.length, "was", "were")} taken out. z takes it back.`,
    );
  };
  const now = copies[cursor];
  useShortcuts([
    {
      key: "ArrowDown",
      does: "next pair",
      repeats: true,
      run: () => setCurrent(Math.min(copies.length - 1, cursor + 1)),
    },
    { key: "ArrowUp", does: "pair before", repeats: true, run: () => setCurrent(Math.max(0, cursor - 1)) },
    { key: "d", does: "drop the one that is not marked to keep", run: () => void decide(now, proposed(now)) },
    { key: "o", does: "drop the other one", run: () => void decide(now, now?.keep) },
    { key: "k", does: "keep both", run: () => void decide(now, undefined) },
  ]);
  const first = Math.floor(Math.max(0, cursor) / SHOWN) * SHOWN;
  return (
    <div class="pane">
      <h2>
        {counted(totals.copies, "pair")}, {totals.copiesAcrossSplits} of them across splits
        {totals.copies > copies.length && `; the first ${copies.length} are here`}
      </h2>
      <fieldset class="edits" aria-label="All pairs">
        <button type="button" disabled={sameFiles.pairs === 0} onClick={() => void dropAll()}>
          Drop one of every pair that is the same file ({sameFiles.pairs})
        </button>
        <span class="hint">Arrow keys go from pair to pair.</span>
      </fieldset>
      <ol class="pairs" start={first + 1}>
        {copies.slice(first, first + SHOWN).map((pair, i) => (
          <Pair
            {...{ key: pair.ids.join(), studio, pair, isCurrent: first + i === cursor }}
            choose={() => setCurrent(first + i)}
            decide={(drop) => void decide(pair, drop)}
          />
        ))}
      </ol>
    </div>
  );
}

interface PairProps {
  readonly studio: Studio;
  readonly pair: CopyEntry;
  readonly isCurrent: boolean;
  readonly choose: () => void;
  /** undefined: both stay. */
  readonly decide: (drop: number | undefined) => void;
}

function Pair({ studio, pair, isCurrent, choose, decide }: PairProps) {
  const { ids, acrossSplits, sameBytes, agreement, keep } = pair;
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) element.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const { state, columns } = studio;
  const splitOf = (id: number) => state.split[columns.split[positionOfId(columns.ids, id)]!] ?? "no split";
  return (
    <li ref={element} class={isCurrent ? "current" : ""} aria-current={isCurrent} onFocusCapture={choose}>
      {ids.map((id) => (
        <figure key={id}>
          <img src={thumbnailPath(id)} width={96} height={96} alt={`Number ${id}`} />
          <figcaption>
            {id}, {splitOf(id)}
            <br />
            {captionOf(studio, positionOfId(columns.ids, id))}
          </figcaption>
        </figure>
      ))}
      <div>
        <p>
          {sameBytes ? "The same file" : `Pixels agree: ${agreement.toFixed(3)}`}
          {acrossSplits && <strong>, across splits</strong>}
        </p>
        <div class="buttons">
          {ids.map((id) => (
            <button key={id} type="button" class={id === keep ? "" : "main"} onClick={() => decide(id)}>
              Drop {id} {id !== keep && <kbd>d</kbd>}
            </button>
          ))}
          <button type="button" onClick={() => decide(undefined)}>
            Keep both <kbd>k</kbd>
          </button>
        </div>
      </div>
    </li>
  );
}
