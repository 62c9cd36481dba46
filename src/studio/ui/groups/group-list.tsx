import { useEffect, useMemo, useRef } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import { thumbnailPath } from "../../protocol.ts";
import type { RowColumns } from "../columns.ts";
import type { Studio } from "../use-studio.ts";
import { nameOfGroup } from "./group-name.ts";
import { imagesOfGroups } from "./images-of-groups.ts";
import type { useGroupPlace } from "./use-group-place.ts";

/** Pictures beside a group's name. */
const PICTURES = 3;

interface GroupListProps {
  readonly studio: Studio;
  readonly place: ReturnType<typeof useGroupPlace>;
  /** Ids of groups by their digits. */
  readonly digits: ReadonlyMap<number, number>;
}

/** The groups of a class, the largest first, and the images that lie in none. */
export function GroupList({ studio, place, digits }: GroupListProps) {
  const { coarse, groups, places, current, marked, choose } = place;
  const { state, columns } = studio;
  const list = useRef<HTMLUListElement>(null);
  const entries = useMemo(() => {
    const known = new Map(groups.map((group) => [group.id, group]));
    return [...imagesOfGroups(columns, { coarse, groups: places })].map(([id, images]) => {
      const { name = null, foundAgain = null } = known.get(id) ?? {};
      const facts = [
        counted(images.length, "image"),
        foundAgain !== null && `${Math.round(100 * foundAgain)}% found again`,
        // An unnamed one is called by it.
        name !== null && `id ${id}`,
      ];
      return { id, facts: facts.filter(Boolean).join(", "), pictures: faces(columns, images) };
    });
  }, [columns, coarse, groups, places]);
  const digitOf = new Map([...digits].map(([digit, id]) => [id, digit]));
  useEffect(() => list.current?.querySelector(".current")?.scrollIntoView({ block: "nearest" }), [current]);
  return (
    <section class="groups" aria-label="Groups">
      <h2>
        {counted(groups.length, "group")} in {state.coarse[coarse] ?? "no class"}
      </h2>
      <ul ref={list}>
        {entries.map(({ id, facts, pictures }) => (
          <li key={id} class={id === current ? "current" : ""}>
            <input
              type="checkbox"
              aria-label={`Mark ${nameOfGroup(groups, id)}`}
              checked={marked.ids.has(id)}
              disabled={id === 0}
              onChange={() => marked.toggle(id)}
            />
            <button type="button" aria-current={id === current} onClick={() => choose(id)}>
              {pictures.map((position) => (
                <img key={position} src={thumbnailPath(columns.ids[position]!)} width={40} height={40} alt="" />
              ))}
              <span class="one-line" title={nameOfGroup(groups, id)}>
                {nameOfGroup(groups, id)}
                <small>{facts}</small>
              </span>
              {digitOf.has(id) && (
                <kbd title={`Shift ${digitOf.get(id)} puts the chosen images here`}>
                  <i class="hidden">Shift </i>
                  {digitOf.get(id)}
                </kbd>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The surest images; those that a person put there, where there are no others: they were not like it. */
function faces({ confidence }: RowColumns, images: Int32Array): number[] {
  const own = images.filter((position) => confidence[position]! >= 0);
  return [...(own.length > 0 ? own : images).slice(0, PICTURES)];
}
