import { fail } from "../../core/index.ts";
import { build, reduce } from "./numpy.ts";
import { type Tape, tapeOf } from "./tape.ts";
import { FileSlice, Global, globalNames, type PickleDict, type PickleList, type PickleValue, Tuple } from "./values.ts";

/** Files far beyond the largest official one (CIFAR-100's train: 301,000 instructions) are refused, so memory is bounded. */
const MAX_INSTRUCTIONS = 2_000_000;

interface Machine {
  /** What is loaded of the file: all of it, or a window that moves. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly tape: Tape;
  /** Offset of the next byte. */
  at: number;
  /** Offset of the instruction under way. */
  start: number;
  readonly stack: PickleValue[];
  /** Stack heights at open MARKs. */
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  readonly where: string;
}

/**
 * Reads a pickle as the official archives have it: CIFAR's (protocol 2, written by Python 2) and downsampled ImageNet's
 * (protocol 3); dict, list, tuple, str, int, None, bool, numpy arrays of uint8 or float64. A small interpreter of exactly
 * the instructions those files hold; it builds plain values and calls nothing.
 * @param source the file's bytes, or a tape over a file that is too large to hold
 * @param where the file, for messages
 * @throws MaskconError "data" where there is anything else, with the offset: another opcode or global, truncation, wrong nesting
 */
export function readPickle(source: Uint8Array | Tape, where: string): PickleValue {
  const tape = source instanceof Uint8Array ? tapeOf(source) : source;
  const bytes = tape.window;
  const machine: Machine = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    tape,
    at: 0,
    start: 0,
    stack: [],
    marks: [],
    memo: new Map(),
    where,
  };
  for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
    machine.start = machine.at;
    const opcode = bytes[take(machine, 1)]!;
    if (opcode === STOP) return finish(machine);
    const instruction = instructions[opcode];
    if (!instruction) refuse(machine, `opcode 0x${opcode.toString(16).padStart(2, "0")} (${nameOf(opcode)})`);
    instruction(machine);
  }
  return refuse(machine, `more than ${MAX_INSTRUCTIONS} instructions`);
}

function finish(m: Machine): PickleValue {
  const value = pop(m);
  if (m.stack.length > 0 || m.marks.length > 0) refuse(m, "an end with values left over");
  return value;
}

function refuse(m: Machine, found: string): never {
  return fail("data", {
    where: m.where,
    expected: "a pickle as the official archives have it",
    found: `${found} at byte ${m.start}`,
    fix: "nothing in the file was executed",
  });
}

/** Moves past `length` bytes, which may be any number, without loading them. */
function skip(m: Machine, length: number): number {
  const from = m.at;
  if (length < 0 || from + length > m.tape.size) refuse(m, `the end of the file (${m.tape.size} bytes)`);
  m.at = from + length;
  return from;
}

/** Moves past a few bytes and returns where they begin in `bytes`. */
function take(m: Machine, length: number): number {
  return m.tape.load(skip(m, length), length);
}

function pop(m: Machine): PickleValue {
  // A value below the innermost MARK is out of reach until that MARK is closed.
  if (m.stack.length <= (m.marks.at(-1) ?? 0)) refuse(m, "an instruction without its operand");
  return m.stack.pop()!;
}

function popToMark(m: Machine): PickleValue[] {
  const height = m.marks.pop();
  if (height === undefined) refuse(m, "an instruction without its MARK");
  return m.stack.splice(height);
}

function top(m: Machine): PickleValue {
  const value = pop(m);
  m.stack.push(value);
  return value;
}

function shortString(m: Machine): string {
  const length = m.bytes[take(m, 1)]!;
  return latin1(m, take(m, length), length);
}

const latin1 = (m: Machine, from: number, length: number) =>
  Buffer.from(m.bytes.buffer, m.bytes.byteOffset + from, length).toString("latin1");

/** A line of a GLOBAL; longer than any accepted one is refused at once. */
function line(m: Machine): string {
  const room = Math.min(64, m.tape.size - m.at);
  const from = m.tape.load(m.at, room);
  const end = m.bytes.subarray(from, from + room).indexOf(10);
  if (end < 0) refuse(m, "a global whose name does not end");
  m.at += end + 1;
  return latin1(m, from, end);
}

function global(m: Machine): void {
  const asked = `${line(m)} ${line(m)}`;
  const name = globalNames.find((known) => known === asked);
  if (!name) refuse(m, `global ${JSON.stringify(asked)}`);
  m.stack.push(new Global(name));
}

function tuple(m: Machine, length: number): void {
  const items: PickleValue[] = [];
  for (let i = 0; i < length; i++) items.unshift(pop(m));
  m.stack.push(new Tuple(items));
}

/** Python 3's text. Keys and type names are all that the files have of it. */
function text(m: Machine): string {
  const length = m.view.getUint32(take(m, 4), true);
  if (length > 255) refuse(m, `a text of ${length} bytes`);
  const from = take(m, length);
  return Buffer.from(m.bytes.buffer, m.bytes.byteOffset + from, length).toString("utf8");
}

/** Bytes of any length: a view into the file's bytes, or their place in the file. */
function content(m: Machine, length: number): Uint8Array | FileSlice {
  const from = skip(m, length);
  if (m.tape.whole) return m.bytes.subarray(from, from + length);
  return new FileSlice(from, length);
}

/** Up to 255 bytes, of which numpy's type code is one. */
function shortBytes(m: Machine): Uint8Array {
  const length = m.bytes[take(m, 1)]!;
  const from = take(m, length);
  // A copy: the window moves on.
  return new Uint8Array(m.bytes.subarray(from, from + length));
}

function setItems(m: Machine, items: readonly PickleValue[]): void {
  const dict = top(m);
  if (!(dict instanceof Map) || items.length % 2) refuse(m, "SETITEMS on something else than a dict");
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== "string") refuse(m, "a dict key that is not a string");
    (dict as PickleDict).set(key, items[i + 1]!);
  }
}

function append(m: Machine, items: readonly PickleValue[]): void {
  const list = top(m);
  if (!Array.isArray(list)) refuse(m, "APPENDS to something else than a list");
  for (const item of items) (list as PickleList).push(item);
}

function recall(m: Machine, key: number): void {
  const value = m.memo.get(key);
  if (value === undefined) refuse(m, `memo ${key}, which was never stored`);
  m.stack.push(value);
}

function call(m: Machine): void {
  const args = pop(m);
  const value = reduce(pop(m), args);
  if (!value) refuse(m, "a call other than numpy's array and dtype constructors");
  m.stack.push(value);
}

function setState(m: Machine): void {
  const state = pop(m);
  if (!build(top(m), state)) refuse(m, "a numpy state other than that of a plain uint8 or float64 array");
}

function protocol(m: Machine): void {
  const version = m.bytes[take(m, 1)];
  if (version !== 2 && version !== 3) refuse(m, `pickle protocol ${version}`);
}

const STOP = 0x2e;

const instructions: { readonly [opcode: number]: (m: Machine) => void } = {
  128: protocol,
  40: (m) => m.marks.push(m.stack.length),
  125: (m) => m.stack.push(new Map()),
  93: (m) => m.stack.push([]),
  78: (m) => m.stack.push(null),
  136: (m) => m.stack.push(true),
  137: (m) => m.stack.push(false),
  75: (m) => m.stack.push(m.bytes[take(m, 1)]!),
  77: (m) => m.stack.push(m.view.getUint16(take(m, 2), true)),
  74: (m) => m.stack.push(m.view.getInt32(take(m, 4), true)),
  85: (m) => m.stack.push(shortString(m)),
  84: (m) => m.stack.push(content(m, m.view.getInt32(take(m, 4), true))),
  66: (m) => m.stack.push(content(m, m.view.getUint32(take(m, 4), true))),
  67: (m) => m.stack.push(shortBytes(m)),
  88: (m) => m.stack.push(text(m)),
  113: (m) => m.memo.set(m.bytes[take(m, 1)]!, top(m)),
  114: (m) => m.memo.set(m.view.getUint32(take(m, 4), true), top(m)),
  104: (m) => recall(m, m.bytes[take(m, 1)]!),
  106: (m) => recall(m, m.view.getUint32(take(m, 4), true)),
  101: (m) => append(m, popToMark(m)),
  97: (m) => append(m, [pop(m)]),
  117: (m) => setItems(m, popToMark(m)),
  115: (m) => {
    const value = pop(m);
    setItems(m, [pop(m), value]);
  },
  116: (m) => m.stack.push(new Tuple(popToMark(m))),
  133: (m) => tuple(m, 1),
  134: (m) => tuple(m, 2),
  135: (m) => tuple(m, 3),
  99: global,
  82: call,
  98: setState,
};

/** Names of the instructions that run code or reach outside, for the message. */
const refused: { readonly [opcode: number]: string } = {
  105: "INST",
  111: "OBJ",
  80: "PERSID",
  81: "BINPERSID",
  129: "NEWOBJ",
  146: "NEWOBJ_EX",
  147: "STACK_GLOBAL",
  130: "EXT1",
  131: "EXT2",
  132: "EXT4",
};

function nameOf(opcode: number): string {
  return refused[opcode] ?? (opcode >= 0x20 && opcode < 0x7f ? `'${String.fromCharCode(opcode)}'` : "unknown");
}
