/**
 * Eight colours apart under the common colour blindnesses (after Okabe and Ito, "Color Universal Design", 2008), each moved in
 * lightness until it has a contrast of 3 and more on white and on near-black alike (WCAG 2.1, 1.4.11).
 */
const distinct = ["#0b7fc7", "#c96a00", "#07936a", "#c2569a", "#7a78d8", "#8f7f00", "#d4503a", "#6f7f8f"] as const;

/**
 * Colours of `count` series or classes, as `#rrggbb`. Past eight no set stays apart for everybody: hues then go round the circle
 * in two lightnesses, and something else (a shape, a name) has to tell neighbours apart.
 */
export function palette(count: number): string[] {
  if (count <= distinct.length) return distinct.slice(0, Math.max(0, count));
  return Array.from({ length: count }, (_, i) => hexOf((360 * i) / count, i % 2 ? 0.45 : 0.6, i % 2 ? 0.565 : 0.435));
}

/** HSL with the lightness corrected for how bright each hue looks, so that yellow stays legible on white and blue on black. */
function hexOf(hue: number, saturation: number, brightness: number): string {
  const channel = (n: number, lightness: number) => {
    const k = (n + hue / 30) % 12;
    return lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  const rgbAt = (lightness: number) => [channel(0, lightness), channel(8, lightness), channel(4, lightness)];
  const target = brightness ** 2.2;
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (luminance(rgbAt(middle)) < target) low = middle;
    else high = middle;
  }
  return `#${rgbAt(low)
    .map((value) =>
      Math.round(value * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** Relative luminance (WCAG 2.1) of sRGB values from 0 to 1. */
export function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
