import { useMemo } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import { goTo } from "../address.ts";
import { PictureGrid } from "../parts/picture-grid.tsx";
import type { Selection } from "../parts/use-selection.ts";
import type { Studio } from "../use-studio.ts";
import { captionInGroup } from "./caption-in-group.ts";
import { imagesOfGroups } from "./images-of-groups.ts";
import { sayRefusal } from "./use-group-actions.tsx";

interface GroupImagesProps {
  readonly studio: Studio;
  readonly coarse: number;
  readonly id: number;
  readonly title: string;
  readonly selection: Selection;
  /** Called when its pictures get the focus. */
  readonly entered: () => void;
}

/** The images of a group, the surest first. */
export function GroupImages({ studio, coarse, id, title, selection, entered }: GroupImagesProps) {
  const { state, columns } = studio;
  const positions = useMemo(() => imagesOfGroups(columns, { coarse, groups: [id] }).get(id)!, [columns, coarse, id]);
  return (
    <section class="pane" data-pane={id} onFocusCapture={entered}>
      <h2 class="one-line" title={title}>
        {title}: {counted(positions.length, "image")}
      </h2>
      <PictureGrid
        {...{ label: title, count: positions.length, selection }}
        open={(image) => {
          if (selection.ids.size === 0) goTo(`gallery=${image}`);
          else sayRefusal(studio, "Images are chosen: a puts them into a group, Escape leaves them.");
        }}
        idOf={(index) => columns.ids[positions[index]!]!}
        item={(index) => {
          const position = positions[index]!;
          const fine = state.fine[columns.fine[position]!];
          return { id: columns.ids[position]!, caption: captionInGroup(id, columns.confidence[position]!, fine) };
        }}
      />
    </section>
  );
}
