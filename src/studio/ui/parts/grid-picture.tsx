import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { thumbnailPath } from "../../protocol.ts";

/** The key of the collection whose pictures are shown: under an address that has it, a browser need not ask again. */
export const ShownCollection = createContext<string>("");

/** The picture of an image in a grid, without words: the cell has them. */
export function GridPicture({ id }: { readonly id: number }) {
  const key = useContext(ShownCollection);
  // Decoded with the frame that shows it, so that no empty one comes before.
  return <img src={thumbnailPath(id, key)} width={96} height={96} alt="" draggable={false} decoding="sync" />;
}
