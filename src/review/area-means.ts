/** Sums of all values above and left of each corner of a picture's pixels: the mean of any rectangle is four of them. */
export interface AreaSums {
  readonly width: number;
  readonly height: number;
  /** [height + 1, width + 1] */
  readonly sums: Float64Array;
}

/** @param valueAt the value of a pixel */
export function areaSums(width: number, height: number, valueAt: (x: number, y: number) => number): AreaSums {
  const row = width + 1;
  const sums = new Float64Array(row * (height + 1));
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += valueAt(x, y);
      sums[(y + 1) * row + x + 1] = sums[y * row + x + 1]! + sum;
    }
  }
  return { width, height, sums };
}

/** A part of a picture, in shares of its width and height. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the parts of a side begin and end: the pixel, the one after it, and how far towards that. */
interface Corners {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly share: Float64Array;
}

/** Room for the parts of a side, by their count: a comparison of two pictures takes hundreds of windows. */
const rooms = new Map<number, { readonly columns: Corners; readonly rows: Corners; readonly above: Float64Array }>();

function roomFor(parts: number) {
  const known = rooms.get(parts);
  if (known) return known;
  const count = parts + 1;
  const corners = () => ({ from: new Int32Array(count), to: new Int32Array(count), share: new Float64Array(count) });
  const made = { columns: corners(), rows: corners(), above: new Float64Array(count) };
  rooms.set(parts, made);
  return made;
}

/**
 * [side, side]: what a window of a picture shows, each value the mean of the area that it covers, pixels' parts too.
 * @param means where they are written; new by default
 */
export function meansIn(
  { width, height, sums }: AreaSums,
  window: Window,
  side: number,
  means = new Float64Array(side * side),
): Float64Array {
  const { columns, rows, above } = roomFor(side);
  setCorners(columns, window.left, window.width, width);
  setCorners(rows, window.top, window.height, height);
  const scale = 1 / (((window.width * width) / side) * ((window.height * height) / side));
  for (let y = 0; y <= side; y++) {
    const at = rows.from[y]! * (width + 1);
    const below = rows.to[y]! * (width + 1);
    const share = rows.share[y]!;
    const row = (y - 1) * side - 1;
    let left = 0;
    for (let x = 0; x <= side; x++) {
      const from = columns.from[x]!;
      const to = columns.to[x]!;
      const part = columns.share[x]!;
      const upper = sums[at + from]! * (1 - part) + sums[at + to]! * part;
      const lower = sums[below + from]! * (1 - part) + sums[below + to]! * part;
      const sum = upper * (1 - share) + lower * share;
      const inRow = y > 0 ? sum - above[x]! : 0;
      if (y > 0 && x > 0) means[row + x] = (inRow - left) * scale;
      left = inRow;
      above[x] = sum;
    }
  }
  return means;
}

/** Where so many equal parts of a length of pixels begin and end. */
function setCorners({ from, to, share }: Corners, start: number, length: number, pixels: number): void {
  const parts = from.length - 1;
  for (let i = 0; i <= parts; i++) {
    const corner = Math.min(pixels, Math.max(0, (start + (length * i) / parts) * pixels));
    const pixel = Math.floor(corner);
    from[i] = pixel;
    share[i] = corner - pixel;
    to[i] = corner > pixel ? pixel + 1 : pixel;
  }
}
