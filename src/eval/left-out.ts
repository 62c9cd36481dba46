import { recallKs } from "./report-ks.ts";

const LEFT_OUT = "K is left out where it is not smaller than the number of images that are searched";

/** Says that some K are not there, where that is so of any of these figures by K. */
export function leftOutLine(recalls: Iterable<Readonly<Record<string, unknown>> | undefined>): string | undefined {
  const largest = String(recallKs.at(-1));
  const isShort = [...recalls].some((byK) => byK?.["1"] !== undefined && byK[largest] === undefined);
  return isShort ? LEFT_OUT : undefined;
}
