/**
 * The first of some names, and how many others there are: `a, b and 3 more`.
 * @param most names to show, 5 by default
 * @param total how many there are, where `names` are only the first of them
 */
export function firstFew(names: readonly unknown[], { most = 5, total = names.length } = {}): string {
  const shown = names.slice(0, most);
  const rest = total - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
