import { MessagePieces, type Piece } from "./message-pieces.ts";
import type { Extent, Field, ProtobufFile } from "./protobuf.ts";

/** The fields of a kind of message that name values of a graph, or hold messages that do. */
interface NameFields {
  readonly [field: number]: "name" | NameFields;
}

const tensorProto: NameFields = { 8: "name" };
const valueInfoProto: NameFields = { 1: "name" };
const annotationProto: NameFields = { 1: "name", 2: { 2: "name" } };
const attributeProto: NameFields = {
  get 6() {
    return graphProto;
  },
  get 11() {
    return graphProto;
  },
};
const nodeProto: NameFields = { 1: "name", 2: "name", 5: attributeProto };

const [NODE_INPUT, NODE_NAME] = [1, 3];

/** Fields of a `GraphProto`; functions name their values apart from it. */
const graphProto: NameFields = {
  1: nodeProto,
  5: tensorProto,
  11: valueInfoProto,
  12: valueInfoProto,
  13: valueInfoProto,
  14: annotationProto,
  15: { 1: tensorProto },
};

/** A graph in a graph is three messages down; `readOnnx` takes eight. */
const MAX_DEPTH = 32;

/** Every name of a value in a graph, those of graphs in its nodes included. */
export async function allNames(file: ProtobufFile, graph: Extent): Promise<Set<string>> {
  const names = new Set<string>();
  const visit = async (extent: Extent, kind: NameFields, depth: number): Promise<void> => {
    if (depth === 0) file.refuse(extent.offset, `messages in at most ${MAX_DEPTH} others`, "more");
    for (const field of await file.fields(extent)) {
      const within = kind[field.number];
      if (within === "name") names.add(await file.text(field));
      else if (within) await visit(file.extent(field), within, depth - 1);
    }
  };
  await visit(graph, graphProto, MAX_DEPTH);
  return names;
}

/** Copies fields of graphs, with other names for some values, wherever they are named. */
export class RenamingCopy {
  readonly #file: ProtobufFile;
  readonly #names: ReadonlyMap<string, string>;
  readonly #piece: (extent: Extent) => Piece;

  /** @param piece what stands for a stretch of the file in the copy */
  constructor(file: ProtobufFile, names: ReadonlyMap<string, string>, piece: (extent: Extent) => Piece) {
    this.#file = file;
    this.#names = names;
    this.#piece = piece;
  }

  /** Appends a field of a `GraphProto`; unknown parts are kept, and bytes of tensors are not read. */
  async graphField(field: Field, into: MessagePieces): Promise<void> {
    await this.#field(field, graphProto[field.number], into);
  }

  /** Appends a node under another name, with more inputs behind its own. */
  async node(field: Field, name: string, more: readonly string[], into: MessagePieces): Promise<void> {
    const copy = new MessagePieces();
    for (const part of await this.#file.fields(this.#file.extent(field))) {
      if (part.number !== NODE_NAME) await this.#field(part, nodeProto[part.number], copy);
    }
    for (const input of more) copy.text(NODE_INPUT, input);
    into.message(field.number, copy.text(NODE_NAME, name));
  }

  /** Appends a field as it is. */
  whole({ offset, end }: Field, into: MessagePieces): void {
    into.add(this.#piece({ offset, length: end - offset }));
  }

  /** Whether a name was changed. */
  async #field(field: Field, kind: "name" | NameFields | undefined, into: MessagePieces): Promise<boolean> {
    if (kind === "name") {
      const name = this.#names.get(await this.#file.text(field));
      if (name !== undefined) into.text(field.number, name);
      else this.whole(field, into);
      return name !== undefined;
    }
    if (kind === undefined || this.#names.size === 0) {
      this.whole(field, into);
      return false;
    }
    const copy = new MessagePieces();
    let changed = false;
    for (const part of await this.#file.fields(this.#file.extent(field))) {
      if (await this.#field(part, kind[part.number], copy)) changed = true;
    }
    if (changed) into.message(field.number, copy);
    else this.whole(field, into);
    return changed;
  }
}
