import { useEffect, useRef, useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import { thumbnailPath, type WrongGroupEntry } from "../../protocol.ts";
import { nameOfGroup } from "../groups/group-name.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";

interface WrongGroupListProps {
  readonly studio: Studio;
  readonly entries: readonly WrongGroupEntry[];
}

/** Pictures of a group that are shown. */
const PICTURES = 10;

/** Groups that look like another coarse class: one decision for all images of each. */
export function WrongGroupList({ studio, entries }: WrongGroupListProps) {
  const [chosen, setChosen] = useState(0);
  const cursor = Math.min(chosen, entries.length - 1);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => list.current?.querySelector(".current")?.scrollIntoView({ block: "nearest" }), [cursor]);
  const move = ({ ids, suggested }: WrongGroupEntry) =>
    studio.act(
      { action: "relabel", ids, coarse: suggested },
      `${counted(ids.length, "image")} moved to ${suggested}. z takes it back.`,
    );
  const keep = ({ ids }: WrongGroupEntry) =>
    studio.act(
      { action: "keep", kind: "label", ids },
      `${counted(ids.length, "label")} ${nounFor(ids.length, "stays", "stay")}. z takes it back.`,
    );
  const drop = ({ ids }: WrongGroupEntry) =>
    studio.act(
      { action: "drop", ids },
      `${counted(ids.length, "image")} ${nounFor(ids.length, "was", "were")} taken out. z takes it back.`,
    );
  const decisions = [
    { key: "m", name: "Move them", does: "move the group to the suggested class", run: move },
    { key: "k", name: "Keep the class", does: "keep the class of the group", run: keep },
    { key: "d", name: "Drop them", does: "take the images of the group out", run: drop },
  ];
  useShortcuts([
    {
      key: "ArrowDown",
      does: "next group",
      repeats: true,
      run: () => setChosen(Math.min(entries.length - 1, cursor + 1)),
    },
    { key: "ArrowUp", does: "group before", repeats: true, run: () => setChosen(Math.max(0, cursor - 1)) },
    ...decisions.map(({ key, does, run }) => ({
      ...{ key, does },
      run: () => void (entries[cursor] && run(entries[cursor])),
    })),
  ]);
  return (
    <div class="pane">
      <h2>
        {counted(entries.length, "group")} {nounFor(entries.length, "looks", "look")} like another class
      </h2>
      {studio.state.groups.length === 0 && (
        <p class="hint">The collection has no groups yet: propose some on the page Groups.</p>
      )}
      <ol class="pairs" ref={list}>
        {entries.map((entry, i) => (
          <li
            key={entry.group}
            class={i === cursor ? "current" : ""}
            aria-current={i === cursor}
            onFocusCapture={() => setChosen(i)}
          >
            <div>
              {entry.ids.slice(0, PICTURES).map((id) => (
                <img key={id} src={thumbnailPath(id)} width={64} height={64} alt="" />
              ))}
              <p>
                {counted(entry.ids.length, "image")} of {nameOfGroup(studio.state.groups, entry.group)}: {entry.coarse}{" "}
                → <strong>{entry.suggested}</strong>? Of their nearest images outside of the group{" "}
                {percent(entry.share)} are {entry.suggested}, {percent(entry.ownShare)} {entry.coarse}.
              </p>
              <div class="buttons">
                {decisions.map(({ key, name, run }) => (
                  <button key={key} type="button" onClick={() => void run(entry)}>
                    {name} <kbd>{key}</kbd>
                  </button>
                ))}
              </div>
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)}%`;
