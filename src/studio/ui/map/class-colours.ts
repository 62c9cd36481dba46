/** Colours [k, 3] of class numbers from 0 on; 0 stands for none. */
export type Palette = Uint8Array;

/**
 * Those of Okabe and Ito, which most people can distinguish, without black, which is a ground, and yellow, which is too near to
 * orange for some. The four after them lie as far as can be in OKLab from all of the ten, each of the others from all before
 * it, as people with the common colour blindnesses see them, too; none is dark or light. More follow around the circle.
 */
const first = [
  ...[0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9, 0x8800ee, 0x556644, 0xbb0088, 0x8877ff],
  ...[0xee00cc, 0x88bb77, 0xcc0033, 0xddaaaa, 0xff77dd, 0x995566, 0x888844, 0xff4455],
] as const;
const NO_CLASS = 0x8a929c;
/** Around the circle, far from all before. */
const GOLDEN_ANGLE = 137.508;

/** Colours for `classes` classes, behind that for none. */
export function classPalette(classes: number): Palette {
  const colours = new Uint8Array(3 * (classes + 1));
  const set = (place: number, colour: readonly number[]) => colours.set(colour, 3 * place);
  set(0, bytesOf(NO_CLASS));
  for (let i = 0; i < classes; i++) set(i + 1, i < first.length ? bytesOf(first[i]!) : around(i - first.length));
  return colours;
}

const bytesOf = (colour: number): number[] => [colour >> 16, (colour >> 8) & 255, colour & 255];

function around(i: number): number[] {
  const hue = (40 + i * GOLDEN_ANGLE) % 360;
  const lightness = [0.5, 0.62, 0.42][i % 3]!;
  const strength = 0.65 * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((shift) => {
    const k = (shift + hue / 30) % 12;
    return Math.round(255 * (lightness - strength * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  });
}

/** Class numbers from -1 on as places in the palette. Beyond its size they begin again behind none. */
export function placesInPalette(classes: Int32Array, palette: Palette): Uint16Array {
  const most = Math.min(palette.length / 3, 2 ** 16) - 1;
  return Uint16Array.from(classes, (number) => (number < 0 || most < 1 ? 0 : (number % most) + 1));
}

export const cssColour = (palette: Palette, place: number): string =>
  `rgb(${palette[3 * place]} ${palette[3 * place + 1]} ${palette[3 * place + 2]})`;
