import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { saidInAddress, sayInAddress } from "../address.ts";
import { focusFirstGrid } from "../parts/first-grid.ts";
import { type Selection, useSelection } from "../parts/use-selection.ts";
import type { Shortcut } from "../shortcuts.ts";
import { useAddress } from "../use-address.ts";
import type { Studio } from "../use-studio.ts";
import {
  type GroupPlace,
  keptOrder,
  placeFromText,
  placesInClass,
  stepFrom,
  stepWithin,
  textOfPlace,
} from "./group-place.ts";
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
  const list = useRef<{ coarse: number; places: readonly number[]; at: number }>(undefined);
  const last = list.current?.coarse === coarse ? list.current : { coarse, places: [], at: 0 };
  const places = useMemo(() => keptOrder(last.places, placesInClass(groups)), [groups]);
  // The one in its place, where the last image was moved out of a group.
  const current = places.includes(place.group ?? -1) ? place.group! : places[Math.min(last.at, places.length - 1)]!;
  list.current = { coarse, places, at: places.indexOf(current) };
  /** Of groups: those that a merge would join. */
  const marked = useSelection();
  const living = places.filter((id) => id > 0 && marked.ids.has(id));
  const sideBySide = living.length > 1;
  const { focusPictures, isLeading } = useFocusOnPictures(String(current));
  useEffect(() => sayInAddress("groups", textOfPlace({ coarse, group: current }, state)), [coarse, current]);
  // Whoever chooses images of a group means this one, whichever is the largest then.
  useLayoutEffect(() => {
    if (images.ids.size > 0) setPlace({ coarse, group: current });
  }, [images.ids.size > 0]);
  // What had the focus may be gone.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) focusPictures();
  }, [state.version, coarse, current, living.length]);
  const go = (to: GroupPlace) => {
    setPlace(to);
    marked.clear();
    if (to.coarse !== coarse) images.clear();
  };
  useAddress("groups", (text) => go(placeFromText(text, state)));
  const setClass = (number: number) => go({ coarse: number, group: undefined });
  const step = (by: number) => {
    const next = stepWithin(places, current, by);
    setPlace({ coarse, group: next });
    // Those that are side by side stay in sight.
    if (!sideBySide || living.includes(next)) focusPictures();
  };
  const shortcuts: Shortcut[] = [
    { key: "j", does: "the next group", repeats: true, run: () => step(1) },
    { key: "J", does: "the group before", repeats: true, run: () => step(-1) },
    { key: "c", does: "the next coarse class", run: () => setClass(stepFrom(classes, coarse, 1)) },
    { key: "C", does: "the coarse class before", run: () => setClass(stepFrom(classes, coarse, -1)) },
    {
      ...{ key: "m", does: "mark the group, or unmark it" },
      run: () => {
        if (current === 0) return sayRefusal(studio, "Images that are not sure are no group.");
        marked.toggle(current);
        focusPictures();
      },
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
    /** A person went to the pictures of one of those that are side by side. */
    enter(id: number) {
      if (sideBySide && id !== current && !isLeading()) setPlace({ coarse, group: id });
    },
    choose(id: number) {
      setPlace({ coarse, group: id });
      marked.clear();
    },
  };
}

/** Leads the keyboard to a group's pictures, or else to the first, as soon as they are there: the next key is for them. */
function useFocusOnPictures(group: string) {
  const [asked, setAsked] = useState(0);
  const isLeading = useRef(false);
  useLayoutEffect(() => {
    if (asked === 0) return;
    isLeading.current = true;
    focusFirstGrid(group);
    isLeading.current = false;
  }, [asked]);
  return { focusPictures: () => setAsked((before) => before + 1), isLeading: () => isLeading.current };
}
