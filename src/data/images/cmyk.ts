/**
 * Inks to RGB without a profile: what remains of white after each ink and black, (255 - C)(255 - K) / 255, rounded, as in
 * Pillow's `convert("RGB")`.
 * @param inks [pixels, 4], 255 is full ink; of 16-bit samples (`wide`) the high bytes count
 */
export function multiplyInks(inks: Uint8Array, wide: boolean): Uint8Array {
  const step = wide ? 2 : 1;
  // Little-endian, as every machine that Node supports.
  const first = wide ? 1 : 0;
  const pixels = inks.length / (4 * step);
  const rgb = new Uint8Array(3 * pixels);
  for (let pixel = 0, at = first, to = 0; pixel < pixels; pixel++, at += step) {
    const light = 255 - inks[at + 3 * step]!;
    for (let ink = 0; ink < 3; ink++, at += step) rgb[to++] = light - dividedBy255(inks[at]! * light);
  }
  return rgb;
}

/** Rounded, for products of two bytes. */
function dividedBy255(product: number): number {
  const near = product + 128;
  return ((near >> 8) + near) >> 8;
}

const TAG_TABLE = 128;
const MAX_TAGS = 1000;

/** Whether a colour profile can convert inks: libvips takes a profile of its own, without a word, where it cannot. */
export function isInkProfile(icc: Uint8Array): boolean {
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  if (icc.length < TAG_TABLE + 4 || textAt(icc, 36) !== "acsp" || textAt(icc, 16) !== "CMYK") return false;
  const count = view.getUint32(TAG_TABLE);
  if (count > MAX_TAGS || icc.length < TAG_TABLE + 4 + 12 * count) return false;
  let converts = false;
  for (let at = TAG_TABLE + 4; at < TAG_TABLE + 4 + 12 * count; at += 12) {
    if (view.getUint32(at + 4) + view.getUint32(at + 8) > icc.length) return false;
    converts ||= textAt(icc, at) === "A2B0";
  }
  return converts;
}

const textAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
