/**
 * What stands under an image of a group; its group and its coarse class stand above.
 * @param group 0 for none
 * @param sure in thousandths, negative where no search for groups placed the image
 */
export function captionInGroup(group: number, sure: number, fine: string | undefined): string {
  // Whoever was never put anywhere is in no group, too.
  const share = sure >= 0 ? `${Math.round(sure / 10)}%` : group > 0 ? "by hand" : undefined;
  return [share, fine].filter((part) => part !== undefined).join(" ");
}
