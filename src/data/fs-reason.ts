import { messageOf } from "../core/index.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "nothing of that name",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  EISDIR: "a folder",
  ENOTDIR: "a file in place of a folder",
  ELOOP: "a loop of links",
  ENAMETOOLONG: "a name that is too long",
  EMFILE: "too many open files",
};

/** What a file-system error says, in the words of a reader who knows no error codes. */
export function fsReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return (code && reasons[code]) || messageOf(error);
}
