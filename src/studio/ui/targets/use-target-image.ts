import { useEffect, useMemo, useState } from "preact/hooks";
import { saidInAddress, sayInAddress } from "../address.ts";
import { positionsWhere, type RowColumns } from "../columns.ts";
import { useAddress } from "../use-address.ts";
import type { Studio } from "../use-studio.ts";

interface TargetImage {
  readonly id: number | undefined;
  readonly choose: (id: number) => void;
  /** Goes on by so many training images. */
  readonly move: (by: number) => void;
  /** Whether it is a training image, as far as the collection knows any. */
  readonly isTraining: boolean;
}

/** The image whose targets are shown: that of the address, at first the first training image. */
export function useTargetImage({ columns, state }: Studio): TargetImage {
  const images = useMemo(() => trainingImages(columns, state.split), [columns, state.split]);
  const [chosen, setChosen] = useState(() => idOf(saidInAddress("targets") ?? ""));
  useAddress("targets", (value) => setChosen((before) => idOf(value) ?? before));
  const id = chosen ?? images[0];
  useEffect(() => {
    if (chosen !== undefined) sayInAddress("targets", String(chosen));
  }, [chosen]);
  const move = (by: number) => {
    if (images.length === 0) return;
    const found = images.findIndex((image) => image >= (id ?? 0));
    const place = found < 0 ? images.length : found;
    // From an image that is none of them the next one is already a step on.
    const start = by > 0 && images[place] !== id ? place - 1 : place;
    setChosen(images[(start + by + images.length) % images.length]!);
  };
  return { id, choose: setChosen, move, isTraining: id !== undefined && images.includes(id) };
}

const idOf = (value: string): number | undefined => (/^\d{1,9}$/.test(value) ? Number(value) : undefined);

/** Ids of the images with a coarse class that the queue would hold. */
function trainingImages(columns: RowColumns, splits: readonly string[]): Int32Array {
  const live = positionsWhere(columns, { status: 0 }).filter((position) => columns.coarse[position]! >= 0);
  const train = live.filter((position) => splits[columns.split[position]!] === "train");
  return (train.length > 0 ? train : live).map((position) => columns.ids[position]!);
}
