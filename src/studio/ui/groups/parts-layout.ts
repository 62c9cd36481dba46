/** How the parts of a group stand in a box, in pixels. */
interface PartsLayout {
  readonly columns: number;
  /** Side of a picture. */
  readonly tile: number;
  /** Pictures of a part. */
  readonly shown: number;
  /** Whether the box has no room for all parts. */
  readonly scrolls: boolean;
}

/** Sides of pictures, the best first; thumbnails have no more pixels. */
const tiles = [96, 80, 64, 48] as const;
const MOST_COLUMNS = 3;
/** So many of a part say what it is; where the room allows, there are more. */
const FEWEST = 8;
/** Between pictures, and between parts with the line above them: those of the style. */
const PICTURE_GAP = 4;
const PART = { across: 16, down: 32 } as const;

/** The largest pictures with which every part shows enough of them, and as many as there is room for. */
export function partsLayout(box: { readonly width: number; readonly height: number }, parts: number): PartsLayout {
  const all = tiles.flatMap((tile) =>
    Array.from({ length: MOST_COLUMNS }, (_, i) => {
      const columns = i + 1;
      const across = inRow(box.width / columns - PART.across, tile);
      const down = inRow(box.height / Math.ceil(parts / columns) - PART.down, tile);
      return { columns, tile, shown: across * down, scrolls: false };
    }),
  );
  const tile = all.find(({ shown }) => shown >= FEWEST)?.tile;
  if (tile !== undefined) return all.filter((one) => one.tile === tile).reduce((a, b) => (b.shown > a.shown ? b : a));
  const least = tiles.at(-1)!;
  return { columns: 1, tile: least, shown: Math.max(1, inRow(box.width - PART.across, least)), scrolls: true };
}

const inRow = (length: number, tile: number): number =>
  Math.max(0, Math.floor((length + PICTURE_GAP) / (tile + PICTURE_GAP)));
