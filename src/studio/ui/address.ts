/** The address behind `#`: the page, and what it shows where that is said (`#targets=12`). */
interface Address {
  readonly page: string;
  readonly value: string | undefined;
}

export function addressOf(hash: string): Address {
  const [page = "", ...rest] = hash.replace(/^#/, "").split("=");
  return { page, value: rest.length > 0 ? decoded(rest.join("=")) : undefined };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const LED = "maskcon-led";
/** Where the page led last, until the browser tells of it. */
let led: string | undefined;

/** Leads to an address behind `#`, at once: the next key may come before the browser tells of it. */
export function goTo(address: string): void {
  location.assign(`#${address}`);
  led = location.href;
  dispatchEvent(new Event(LED));
}

/** Whether what the browser tells of was followed already. */
export function wasFollowed({ newURL }: HashChangeEvent): boolean {
  if (newURL !== led) return false;
  led = undefined;
  return true;
}

/** Calls `listener` whenever the address may be another one. Returns how to stop that. */
export function onAddress(listener: () => void): () => void {
  for (const name of ["hashchange", LED]) addEventListener(name, listener);
  return () => {
    for (const name of ["hashchange", LED]) removeEventListener(name, listener);
  };
}

/** What each page said last: the way back to it has it again. */
const said = new Map<string, string>();

/** Says in the address what a page shows, without a new entry of the history. */
export function sayInAddress(page: string, value: string): void {
  said.set(page, value);
  history.replaceState(null, "", `#${page}${value && `=${encodeURIComponent(value)}`}`);
}

/** What a page is to show: as the address says, else as it was left. */
export function saidInAddress(page: string): string | undefined {
  const address = addressOf(location.hash);
  return (address.page === page ? address.value : undefined) ?? said.get(page);
}
