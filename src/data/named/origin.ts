/** A file to fetch, and how to know that it is the right one. */
export interface RemoteFile {
  readonly url: string;
  /** What it is called here. */
  readonly name: string;
  readonly md5: string;
  readonly bytes: number;
  /** A .tar.gz whose one top folder's content becomes the folder's; at most this many bytes. */
  readonly unpack?: number | undefined;
}

/** Where a dataset comes from: addresses of its authors that have been stable for years, and words for the rest of it. */
export interface Origin {
  readonly files: readonly RemoteFile[];
  /** What cannot be fetched, a line each; absent where `files` are all. */
  readonly place?: readonly string[] | undefined;
}
