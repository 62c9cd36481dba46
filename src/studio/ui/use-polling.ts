import { useEffect, useRef } from "preact/hooks";

/** Works again and again while the page is in sight; what it gives is the time until the next, default `everyMs`. */
export function usePolling(work: () => Promise<number | undefined>, everyMs: number, key: string): void {
  const latest = useRef(work);
  latest.current = work;
  // Another key begins at once.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const poll = async () => {
      const wait = document.hidden ? undefined : await latest.current();
      if (!isOver) timer = setTimeout(poll, wait ?? everyMs);
    };
    void poll();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [everyMs, key]);
}
