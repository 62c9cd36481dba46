/** `perspective` of src/data/augment, an operation for an operation in float64: PIL's projection with its bilinear filter. */
export function perspective(
  from: usize,
  to: usize,
  width: i32,
  height: i32,
  a: f64,
  b: f64,
  c: f64,
  d: f64,
  e: f64,
  f: f64,
  g: f64,
  h: f64,
): void {
  const right = f64(width);
  const bottom = f64(height);
  for (let y = 0; y < height; y++) {
    const py = f64(y) + 0.5;
    const bx = b * py;
    const by = e * py;
    const bw = h * py;
    for (let x = 0; x < width; x++) {
      const px = f64(x) + 0.5;
      const w = 1.0 / (g * px + bw + 1.0);
      const sx = (a * px + bx + c) * w;
      const sy = (d * px + by + f) * w;
      if (sx >= 0 && sx < right && sy >= 0 && sy < bottom) {
        sample(from, width, height, sx, sy, to);
      } else {
        store<u16>(to, 0);
        store<u8>(to, 0, 2);
      }
      to += 3;
    }
  }
}

// @ts-ignore: decorator
@inline
function sample(from: usize, width: i32, height: i32, x: f64, y: f64, to: usize): void {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const dx = x - 0.5 - left;
  const dy = y - 0.5 - top;
  const column = i32(left);
  const line = i32(top);
  const x0 = 3 * max(column, 0);
  const x1 = 3 * min(column + 1, width - 1);
  const upper = from + 3 * width * max(line, 0);
  const lower = from + 3 * width * min(line + 1, height - 1);
  for (let channel = 0; channel < 3; channel++) {
    const p = f64(load<u8>(upper + x0 + channel));
    const q = f64(load<u8>(upper + x1 + channel));
    const r = f64(load<u8>(lower + x0 + channel));
    const s = f64(load<u8>(lower + x1 + channel));
    const above = p + (q - p) * dx;
    store<u8>(to + channel, i32(above + (r + (s - r) * dx - above) * dy));
  }
}
