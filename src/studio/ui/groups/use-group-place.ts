import { useEffect, useMemo, useState } from "preact/hooks";
import { saidInAddress, sayInAddress } from "../address.ts";
import { type Selection, useSelection } from "../parts/use-selection.ts";
import type { Shortcut } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import { placeFromText, placesInClass, stepFrom, textOfPlace } from "./group-place.ts";
import { sayRefusal } from "./use-group-actions.tsx";

/** Which class and which groups the page shows, as the address says it, and the keys that lead to others. */
export function useGroupPlace(studio: Studio, images: Selection) {
  const { state, columns } = studio;
  const classes = useMemo(() => {
    const numbers = state.coarse.map((_, number) => number);
    return columns.coarse.includes(-1) || numbers.length === 0 ? [...numbers, -1] : numbers;
  }, [state.coarse, columns]);
  const [place, setPlace] = useState(() => placeFromText(saidInAddress("groups"), state));
  const coarse = classes.includes(place.coarse) ? place.coarse : classes[0]!;
  const groups = useMemo(() => state.groups.filter((group) => group.coarse === coarse), [state.groups, coarse]);
  const places = useMemo(() => placesInClass(groups), [groups]);
  const current = place.group !== undefined && places.includes(place.group) ? place.group : places[0]!;
  /** Of groups: those that a merge would join. */
  const marked = useSelection();
  const living = places.filter((id) => id > 0 && marked.ids.has(id));
  const sideBySide = living.length > 1;
  const focusPictures = useFocusOnPictures();
  useEffect(() => sayInAddress("groups", textOfPlace({ coarse, group: current }, state)), [coarse, current]);
  // Whoever chooses images of a group means this one, whichever is the largest then.
  useEffect(() => {
    if (images.ids.size > 0) setPlace({ coarse, group: current });
  }, [images.ids.size > 0]);
  const setClass = (number: number) => {
    setPlace({ coarse: number, group: undefined });
    marked.clear();
    images.clear();
  };
  const step = (by: number) => {
    setPlace({ coarse, group: stepFrom(places, current, by) });
    // Those that are side by side stay in sight.
    if (sideBySide) return;
    images.clear();
    focusPictures();
  };
  const shortcuts: Shortcut[] = [
    { key: "j", does: "the next group", run: () => step(1) },
    { key: "J", does: "the group before", run: () => step(-1) },
    { key: "c", does: "the next coarse class", run: () => setClass(stepFrom(classes, coarse, 1)) },
    { key: "C", does: "the coarse class before", run: () => setClass(stepFrom(classes, coarse, -1)) },
    {
      ...{ key: "m", does: "mark the group, or unmark it" },
      run: () => (current > 0 ? marked.toggle(current) : sayRefusal(studio, "Images that are not sure are no group.")),
    },
    { key: "Escape", does: "unmark all groups", run: marked.clear },
  ];
  return {
    ...{ classes, coarse, groups, places, current, marked, setClass, shortcuts },
    /** The groups whose images are shown: those that were marked, or the current one; 0 are images in none. */
    shown: sideBySide ? living : [current],
    /** Shows one group, or several side by side, to go on with the keys. */
    show(ids: readonly number[]) {
      setPlace({ coarse, group: ids[0]! });
      marked.set(ids.length > 1 ? ids : []);
      focusPictures();
    },
    choose(id: number) {
      setPlace({ coarse, group: id });
      marked.clear();
      images.clear();
    },
  };
}

/** Leads the keyboard to the first pictures, once they are there. */
function useFocusOnPictures(): () => void {
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (asked > 0) document.querySelector<HTMLElement>("#page .panes .grid")?.focus();
  }, [asked]);
  return () => setAsked((before) => before + 1);
}
