import { fail } from "../../core/index.ts";
import type { ByteRanges } from "../byte-ranges.ts";
import type { Chunk } from "./chunk.ts";
import { checkSizes } from "./decompress.ts";
import { type PageHeader, parquetHeader } from "./hyparquet.ts";
import { reasonOf } from "./reason.ts";
import { OutOfBytes, walkThrift } from "./thrift-walk.ts";

/** Headers are tens of bytes, unless a writer puts whole values into their statistics. */
const WINDOW = 2 ** 12;

/** More values than any writer puts into a page. */
const MAX_VALUES = 2 ** 24;

export interface RawPage {
  readonly header: PageHeader;
  /** As it lies in the file: compressed. */
  readonly bytes: Uint8Array;
  /** Of the header in the file. */
  readonly offset: number;
}

/**
 * The pages of a chunk, one at a time. Ends: each page moves on in the file.
 * @throws MaskconError "data" where a header is damaged or promises the impossible, with the byte
 */
export async function* pagesOf(ranges: ByteRanges, chunk: Chunk): AsyncGenerator<RawPage> {
  for (let at = chunk.start; at < chunk.end; ) {
    const { header, length } = await readHeader(ranges, chunk, at);
    const size = header.compressed_page_size;
    yield { header, bytes: await ranges.read(at + length, size), offset: at };
    at += length + size;
  }
}

async function readHeader(ranges: ByteRanges, { leaf, start, end }: Chunk, at: number) {
  for (let window = WINDOW; ; window *= 8) {
    const bytes = await ranges.read(at, Math.min(window, end - at));
    try {
      const length = walkThrift(bytes, 0);
      const header = parquetHeader({ view: new DataView(bytes.buffer), offset: 0 });
      checkHeader(header, end - at - length);
      return { header, length };
    } catch (error) {
      if (error instanceof OutOfBytes && window < end - at) continue;
      const where = `${ranges.file}, byte ${at}`;
      const column = `column ${leaf.path}, bytes ${start} to ${end}`;
      fail("data", { where, expected: `a page of ${column}`, found: reasonOf(error) }, error);
    }
  }
}

/** Everything the decoder relies on. Throws a plain Error. */
function checkHeader(header: PageHeader, room: number): void {
  const { compressed_page_size: size, uncompressed_page_size: full } = header;
  const body = header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
  if (!whole(size) || !whole(full)) throw new Error("a page without its sizes");
  if (size > room) throw new Error(`a page of ${size} bytes where ${room} are left`);
  checkSizes(size, full);
  if (header.type === "INDEX_PAGE") return;
  if (!header.type || !body || !whole(body.num_values)) throw new Error("a page without its number of values");
  if (body.num_values > MAX_VALUES) throw new Error(`a page of ${body.num_values} values`);
  const { data_page_header_v2: v2 } = header;
  if (!v2) return;
  const { definition_levels_byte_length: definition, repetition_levels_byte_length: repetition, num_nulls } = v2;
  if (!whole(definition) || !whole(repetition) || !whole(num_nulls)) throw new Error("a page without its levels");
  if (definition + repetition > Math.min(size, full)) {
    throw new Error(`${definition} and ${repetition} bytes of levels in a page of ${full}`);
  }
  if (num_nulls > v2.num_values) throw new Error(`${num_nulls} of ${v2.num_values} values null`);
}

const whole = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
