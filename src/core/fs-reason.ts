import { messageOf } from "./errors.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "nothing of that name",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  EISDIR: "a folder",
  ENOTDIR: "a file in place of a folder",
  ELOOP: "a loop of links",
  ENAMETOOLONG: "a name that is too long",
  ERR_INVALID_ARG_VALUE: "a name with the character NUL in it",
  EMFILE: "too many open files",
};

/** What a file-system error says, in the words of a reader who knows no error codes. */
export function fsReason(error: unknown): string {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  // Node lists a name with this character in place of what is not UTF-8, and then finds nothing of that name.
  if (code === "ENOENT" && path?.includes("\ufffd")) return "a name that is not in UTF-8: rename it";
  return (code && reasons[code]) || messageOf(error);
}
