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

/** [side, side]: what a window of a picture shows, each value the mean of the area that it covers, pixels' parts too. */
export function meansIn({ width, height, sums }: AreaSums, window: Window, side: number): Float64Array {
  const columns = cornersOf(window.left, window.width, width, side);
  const rows = cornersOf(window.top, window.height, height, side);
  const means = new Float64Array(side * side);
  const above = new Float64Array(side + 1);
  const scale = 1 / (((window.width * width) / side) * ((window.height * height) / side));
  for (let y = 0; y <= side; y++) {
    const at = Math.floor(rows[y]!) * (width + 1);
    const share = rows[y]! - Math.floor(rows[y]!);
    const below = share > 0 ? at + width + 1 : at;
    let left = 0;
    for (let x = 0; x <= side; x++) {
      const from = Math.floor(columns[x]!);
      const part = columns[x]! - from;
      const to = part > 0 ? from + 1 : from;
      const upper = sums[at + from]! * (1 - part) + sums[at + to]! * part;
      const lower = sums[below + from]! * (1 - part) + sums[below + to]! * part;
      const sum = upper * (1 - share) + lower * share;
      const inRow = sum - above[x]!;
      if (y > 0 && x > 0) means[(y - 1) * side + x - 1] = (inRow - left) * scale;
      left = inRow;
      above[x] = sum;
    }
  }
  return means;
}

/** Where so many equal parts of a length begin and end, in pixels. */
function cornersOf(start: number, length: number, pixels: number, parts: number): Float64Array {
  const corners = new Float64Array(parts + 1);
  for (let i = 0; i <= parts; i++) {
    corners[i] = Math.min(pixels, Math.max(0, (start + (length * i) / parts) * pixels));
  }
  return corners;
}
