/** Dashes beside the colours: who does not tell these apart sees those. In pixels, drawn and left out by turns. */
const dashes: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [16, 4],
  [4, 2],
  [2, 6],
  [12, 3, 2, 3, 2, 3],
];

export const dashOf = (place: number): number[] => [...dashes[place]!];

/** A piece of a run's line, for legends. */
export function SeriesMark({ place }: { readonly place: number }) {
  return (
    <svg class={`mark series-${place + 1}`} width={30} height={10} viewBox="0 0 30 10" aria-hidden="true">
      <line
        x1={1}
        y1={5}
        x2={29}
        y2={5}
        stroke="currentColor"
        stroke-width={3}
        stroke-dasharray={dashOf(place).join()}
      />
    </svg>
  );
}
