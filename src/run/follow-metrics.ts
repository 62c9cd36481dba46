import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { fail } from "../core/index.ts";
import { unreadable } from "../formats/index.ts";
import { type MetricsEvents, noEvents, objectOfLine, takeEvent } from "./metrics-events.ts";
import { startsOther } from "./metrics-lines.ts";

/** What a run wrote since its metrics were last read. */
export interface MetricsPiece {
  readonly events: Readonly<MetricsEvents>;
  /** Whether what was read before is no more: the run went on at an earlier step, or began anew. */
  readonly isAnew: boolean;
  /** Bytes of the file that were not looked at yet. */
  readonly left: number;
  /** Lines since its beginning that are no events, and those of another run. */
  readonly unread: number;
  readonly others: number;
}

export interface MetricsFollower {
  /**
   * Reads on, a bounded piece each time. A line that is being written is left for later.
   * @throws MaskconError "data" where the file is missing, or cannot be read
   */
  read(): Promise<MetricsPiece>;
}

/** Of one piece: so many bytes are parsed in a blink. */
const PIECE_BYTES = 1 << 21;
/** A piece without a line end is no line that a run writes. */
const LONGEST_LINE = 1 << 20;
/** Bytes that tell whether the file is still the one that was read. */
const MARK_BYTES = 256;

/** Where reading stands, and what was found on the way. */
interface Place {
  offset: number;
  /** The bytes before `offset`. */
  mark: Buffer;
  /** Within a line that is longer than any that a run writes. */
  isInLongLine: boolean;
  ofOther: boolean;
  unread: number;
  others: number;
}

const beginning = (): Place => ({
  ...{ offset: 0, mark: Buffer.alloc(0), isInLongLine: false, ofOther: false, unread: 0, others: 0 },
});

/**
 * Follows `metrics.jsonl` of the run with this `id` while it is being written, in bounded memory. It must be no link.
 * @param pieceBytes to read at once, at most: more than any line has
 */
export function followMetrics(file: string, id?: string, pieceBytes = PIECE_BYTES): MetricsFollower {
  let place = beginning();
  return {
    async read() {
      const handle = await opened(file);
      try {
        const { size } = await handle.stat();
        const isAnew = !(await isSameUpTo(handle, place));
        if (isAnew) place = beginning();
        const bytes = await bytesAt(handle, place.offset, Math.min(pieceBytes, size - place.offset));
        const events = noEvents();
        advancePlace(place, take(bytes, place, events, id), bytes);
        const { unread, others, offset } = place;
        // A torn last line is not left to read: it may never be whole.
        const left = bytes.length < pieceBytes ? 0 : Math.max(0, size - offset);
        return { events, isAnew, left, unread, others };
      } finally {
        await handle.close();
      }
    },
  };
}

async function opened(file: string): Promise<FileHandle> {
  // Windows has neither flag. Without the first, opening a pipe would wait for its writer.
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const handle = await open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch((error) => unreadable(file, error));
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return fail("data", { where: file, expected: "a readable file", found: "a folder, a pipe or a device" });
}

async function isSameUpTo(handle: FileHandle, { offset, mark }: Place): Promise<boolean> {
  return mark.equals(await bytesAt(handle, offset - mark.length, mark.length));
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, length));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Takes the whole lines; gives the number of bytes that are done with. */
function take(bytes: Buffer, place: Place, events: MetricsEvents, id: string | undefined): number {
  let from = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    const text = place.isInLongLine || end - from > LONGEST_LINE ? undefined : bytes.toString("utf8", from, end);
    place.isInLongLine = false;
    takeLine(text, place, events, id);
    from = end + 1;
  }
  if (bytes.length - from > LONGEST_LINE || place.isInLongLine) {
    place.isInLongLine = true;
    return bytes.length;
  }
  return from;
}

function takeLine(text: string | undefined, place: Place, events: MetricsEvents, id: string | undefined): void {
  const event = objectOfLine(text);
  if (event) place.ofOther = startsOther(event, id) ?? place.ofOther;
  if (place.ofOther) place.others++;
  else if (!(event && takeEvent(event, events))) place.unread++;
}

function advancePlace(place: Place, done: number, bytes: Buffer): void {
  place.offset += done;
  place.mark = Buffer.from(Buffer.concat([place.mark, bytes.subarray(0, done)]).subarray(-MARK_BYTES));
}
