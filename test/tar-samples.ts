import { type Pack, pack } from "tar-stream";

/** A tar of the given members, in their order. */
export async function tarOf(
  members: readonly (readonly [name: string, content: string | Uint8Array])[],
): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of members) tar.entry({ name }, Buffer.from(content));
  return bytesOf(tar);
}

/** The bytes of a tar that has all its entries. */
export async function bytesOf(tar: Pack): Promise<Buffer> {
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
