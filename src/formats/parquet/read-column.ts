import { fail } from "../../core/index.ts";
import type { ByteRanges } from "../byte-ranges.ts";
import type { Chunk } from "./chunk.ts";
import { decompress, prepare } from "./decompress.ts";
import { decodeHybrid } from "./hybrid.ts";
import { pagesOf, type RawPage } from "./pages.ts";
import { reasonOf, worded } from "./reason.ts";
import { decodeValues, type ParquetValue, type ParquetValues, plain } from "./values.ts";

/** The values of a page, undefined for null. Those of a dictionary are the same objects whenever they come. */
export interface PageValues {
  readonly values: readonly (ParquetValue | undefined)[];
  readonly fromDictionary: boolean;
}

/**
 * The values of a chunk, page by page; Only one page is in memory at a time, with the dictionary.
 * @throws MaskconError "data" where a page is damaged, with its byte, or there are more or fewer values than rows
 */
export async function* columnValues(ranges: ByteRanges, chunk: Chunk): AsyncGenerator<PageValues> {
  const { leaf, start, rows } = chunk;
  await prepare(chunk.codec);
  let dictionary: ParquetValues | undefined;
  let seen = 0;
  for await (const page of pagesOf(ranges, chunk)) {
    if (seen === rows) break;
    let read: PageValues | undefined;
    try {
      if (page.header.type === "DICTIONARY_PAGE") dictionary = readDictionary(page, chunk);
      else if (page.header.type !== "INDEX_PAGE") {
        read = readPage(page, chunk, dictionary);
        seen += read.values.length;
        if (seen > rows) throw new Error(`more than the ${rows} values of its rows`);
      }
    } catch (error) {
      const where = `${ranges.file}, byte ${page.offset}`;
      fail("data", { where, expected: `a page of column ${leaf.path}`, found: reasonOf(error) }, error);
    }
    if (read) yield read;
  }
  if (seen < rows) {
    const where = `${ranges.file}, byte ${start}`;
    fail("data", { where, expected: `${rows} values of column ${leaf.path}`, found: String(seen) });
  }
}

function readDictionary({ header, bytes }: RawPage, { codec, leaf }: Chunk): ParquetValues {
  const page = decompress(bytes, header.uncompressed_page_size, codec);
  return plain(page, leaf.element.type!, header.dictionary_page_header!.num_values);
}

function readPage(page: RawPage, chunk: Chunk, dictionary: ParquetValues | undefined): PageValues {
  const { definitionLevels } = chunk.leaf;
  const { levels, bytes, encoding, count } = page.header.data_page_header_v2
    ? openV2(page, chunk)
    : openV1(page, chunk);
  const there = levels ? levels.reduce((sum, level) => sum + (level === definitionLevels ? 1 : 0), 0) : count;
  const values = decodeValues({ bytes, encoding, type: chunk.leaf.element.type!, count: there }, dictionary);
  const fromDictionary = encoding.endsWith("_DICTIONARY");
  if (!levels) return { values: Array.from(values), fromDictionary };
  let next = 0;
  const spread = Array.from(levels, (level) => (level === definitionLevels ? values[next++] : undefined));
  return { values: spread, fromDictionary };
}

const widthOf = (levels: number) => 32 - Math.clz32(levels);

function openV1({ header, bytes }: RawPage, { codec, leaf }: Chunk) {
  const { num_values: count, encoding, definition_level_encoding } = header.data_page_header!;
  const page = decompress(bytes, header.uncompressed_page_size, codec);
  if (leaf.definitionLevels === 0) return { levels: undefined, bytes: page, encoding, count };
  if (definition_level_encoding !== "RLE") {
    throw new Error(`levels in an encoding that is not read: ${worded(definition_level_encoding)}`);
  }
  const length = page.length < 4 ? -1 : new DataView(page.buffer, page.byteOffset).getUint32(0, true);
  if (length < 0 || length > page.length - 4) throw new Error(`${length} bytes of levels in a page of ${page.length}`);
  const levels = decodeHybrid(page.subarray(4, 4 + length), widthOf(leaf.definitionLevels), count);
  return { levels, bytes: page.subarray(4 + length), encoding, count };
}

/** Levels are not compressed, and their lengths stand in the header. */
function openV2({ header, bytes }: RawPage, { codec, leaf }: Chunk) {
  const v2 = header.data_page_header_v2!;
  const { num_values: count, encoding, definition_levels_byte_length: definition } = v2;
  const above = definition + v2.repetition_levels_byte_length;
  const packed = bytes.subarray(above);
  const length = header.uncompressed_page_size - above;
  // Without a value there are no bytes to decompress, and some writers leave them out.
  const data = v2.is_compressed === false || packed.length === 0 ? packed : decompress(packed, length, codec);
  const levelBytes = bytes.subarray(v2.repetition_levels_byte_length, above);
  const levels =
    leaf.definitionLevels === 0 ? undefined : decodeHybrid(levelBytes, widthOf(leaf.definitionLevels), count);
  return { levels, bytes: data, encoding, count };
}
