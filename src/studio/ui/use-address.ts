import { useLayoutEffect, useRef } from "preact/hooks";
import { addressOf, wasFollowed } from "./address.ts";

/** Follows a link, a bookmark, or an address that is typed, while a page is open; `go` takes what it says behind `=`. */
export function useAddress(name: string, go: (value: string) => void): void {
  const latest = useRef(go);
  latest.current = go;
  useLayoutEffect(() => {
    const follow = (event: HashChangeEvent) => {
      if (wasFollowed(event)) return;
      // Not `location`, where the page itself may have said more since.
      const { page, value } = addressOf(new URL(event.newURL).hash);
      if (page === name && value !== undefined) latest.current(value);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [name]);
}
