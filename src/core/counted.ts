/** A count with its noun: "1 image", "12 images", "1 class", "2 classes". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${nounFor(count, one, many)}`;

/** The noun alone, where the count is shown in a way of its own. */
export const nounFor = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);
