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

/** Says in the address what a page shows, without a new entry of the history. */
export const sayInAddress = (page: string, value: string): void =>
  history.replaceState(null, "", `#${page}${value && `=${encodeURIComponent(value)}`}`);
