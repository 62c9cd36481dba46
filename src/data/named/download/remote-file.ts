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
