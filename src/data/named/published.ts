/** MD5 of files as their authors, or the libraries that load them, publish it: for each file, of its known releases. */
export type Published = Readonly<Record<string, readonly string[]>>;

export const NO_CHECKSUM = "no published checksum";

/** The sums of a file in words. */
export const md5Of = (published: Published, name: string): string =>
  published[name]?.length ? `MD5 ${published[name].join(" or ")}` : NO_CHECKSUM;
