import { counted, didYouMean, sameOnDisk, unfitPath } from "../../../core/index.ts";
import type { GroupEntry } from "../../protocol.ts";
import { groupCalled, nameOfGroup } from "./group-name.ts";

/**
 * What a name for a group leads to, before it is given; undefined where there is nothing to say.
 * @param others the other groups of its class
 */
export function nameHint(name: string, others: readonly GroupEntry[]): string | undefined {
  if (name === "") return "Without a name: the folder of an image is its fine class, else the number of the group.";
  const twin = others.find((group) => group.name === name) ?? others.find((group) => isSame(group.name, name));
  const hints = [
    twin && `There is a group ${twin.name} already: ${twin.name === name ? ONE_FOLDER : REFUSED}.`,
    ...folderHints(name),
  ].filter(Boolean);
  return hints.length > 0 ? hints.join(" ") : undefined;
}

const ONE_FOLDER = "one folder for both";
const REFUSED = "some disks take both for one folder, and fine folders are refused";

const isSame = (name: string | null, other: string): boolean => name !== null && sameOnDisk(name) === sameOnDisk(other);

function folderHints(name: string): (string | false)[] {
  const unfit = unfitPath(name);
  return [
    unfit !== undefined && `A folder cannot be called so: ${unfit}.`,
    unfit === undefined && name.includes("/") && "A slash makes a folder in a folder.",
    /^[=+\-@]/.test(name) && "A spreadsheet takes it for a formula: import the list's columns as text.",
  ];
}

/** Which group images are put into by a name. */
export function groupHint(name: string, groups: readonly GroupEntry[]): string | undefined {
  if (name === "") return undefined;
  const group = groupCalled(groups, name);
  if (group === 0) return "Out of their groups: not sure.";
  const size = groups.find(({ id }) => id === group)?.size;
  if (group !== undefined && size !== undefined)
    return `Into ${nameOfGroup(groups, group)} (${counted(size, "image")}).`;
  const near = didYouMean(
    name,
    groups.map(({ id }) => nameOfGroup(groups, id)),
  );
  const made = `Makes a new group ${name}${near === undefined ? "." : `; ${near}`}`;
  return [made, ...folderHints(name)].filter(Boolean).join(" ");
}
