import { classPalette, cssColour } from "./class-colours.ts";

interface ColourLegendProps {
  readonly classes: number;
  readonly names: readonly string[];
}

/** More names nobody reads. */
const MOST_NAMES = 40;

/** Which colour stands for which class. */
export function ColourLegend({ classes, names }: ColourLegendProps) {
  const palette = classPalette(classes);
  return (
    <ul class="legend" aria-label="Colours">
      {names.slice(0, MOST_NAMES).map((name, number) => (
        <li key={name}>
          <span class="swatch" style={{ background: cssColour(palette, number + 1) }} />
          {name}
        </li>
      ))}
      {names.length > MOST_NAMES && <li>and {names.length - MOST_NAMES} more</li>}
    </ul>
  );
}
