/** The last part of a path, whichever system it is of. */
export const nameOfFolder = (folder: string): string => folder.split(/[\\/]/).findLast(Boolean) ?? folder;
