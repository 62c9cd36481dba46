import { useMemo } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import { type GroupEntry, thumbnailPath } from "../../protocol.ts";
import type { Selection } from "../parts/use-selection.ts";
import type { Studio } from "../use-studio.ts";
import { nameOfGroup } from "./group-name.ts";
import { imagesOfGroup } from "./images-of-group.ts";

interface GroupListProps {
  readonly studio: Studio;
  readonly coarse: number;
  readonly groups: readonly GroupEntry[];
  readonly current: number;
  readonly marked: Selection;
  readonly choose: (id: number) => void;
}

/** Pictures beside a group's name. */
const PICTURES = 3;

/** The groups of a class, the largest first, and the images that lie in none. */
export function GroupList({ studio, coarse, groups, current, marked, choose }: GroupListProps) {
  const entries = useMemo(() => {
    const unsure = imagesOfGroup(studio.columns, { coarse, group: 0 });
    const found = groups.map(({ id, size, foundAgain }) => ({
      ...{ id, size, foundAgain, pictures: imagesOfGroup(studio.columns, { coarse, group: id }).slice(0, PICTURES) },
    }));
    found.sort((a, b) => b.size - a.size || a.id - b.id);
    return [...found, { id: 0, size: unsure.length, foundAgain: null, pictures: unsure.slice(0, PICTURES) }];
  }, [studio.columns, coarse, groups]);
  return (
    <section class="groups" aria-label="Groups">
      <h2>
        {counted(groups.length, "group")} in {studio.state.coarse[coarse]}
      </h2>
      <ul>
        {entries.map(({ id, size, foundAgain, pictures }) => (
          <li key={id} class={id === current ? "current" : ""}>
            <input
              type="checkbox"
              aria-label={`Mark ${nameOfGroup(groups, id)}`}
              checked={marked.ids.has(id)}
              disabled={id === 0}
              onChange={() => marked.toggle(id)}
            />
            <button type="button" aria-current={id === current} onClick={() => choose(id)}>
              {[...pictures].map((position) => (
                <img key={position} src={thumbnailPath(studio.columns.ids[position]!)} width={40} height={40} alt="" />
              ))}
              <span>
                {nameOfGroup(groups, id)}
                <small>
                  {counted(size, "image")}
                  {foundAgain !== null && `, ${Math.round(100 * foundAgain)}% found again`}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
