/** The places of each value that occurs, ascending; values in the order of their first place. */
export function groupsOf(values: Int32Array): Int32Array[] {
  const groups = new Map<number, number[]>();
  values.forEach((value, place) => {
    const group = groups.get(value);
    if (group) group.push(place);
    else groups.set(value, [place]);
  });
  return [...groups.values()].map((group) => Int32Array.from(group));
}
