import { type Extent, type Field, type ProtobufFile, packedVarints, varintsIn } from "./protobuf.ts";

/** A message whose fields are known, and read when they are asked for. */
export class Message {
  readonly extent: Extent;
  readonly file: ProtobufFile;
  /** In their order. */
  readonly fields: readonly Field[];
  readonly #byNumber = new Map<number, Field[]>();

  private constructor(file: ProtobufFile, extent: Extent, fields: readonly Field[]) {
    this.file = file;
    this.extent = extent;
    this.fields = fields;
    for (const field of fields) {
      const others = this.#byNumber.get(field.number);
      if (others) others.push(field);
      else this.#byNumber.set(field.number, [field]);
    }
  }

  /** @throws MaskconError "weights" where bytes are no protobuf */
  static async read(file: ProtobufFile, extent: Extent): Promise<Message> {
    return new Message(file, extent, await file.fields(extent));
  }

  all(number: number): readonly Field[] {
    return this.#byNumber.get(number) ?? [];
  }

  child(field: Field): Promise<Message> {
    return Message.read(this.file, this.file.extent(field));
  }

  /** The last message of a number, which counts; undefined where there is none. */
  async maybe(number: number): Promise<Message | undefined> {
    const field = this.all(number).at(-1);
    return field && this.child(field);
  }

  async only(number: number): Promise<Message> {
    return (await this.maybe(number)) ?? this.file.refuse(this.extent.offset, `a field ${number}`, "none");
  }

  /** "" where there is none. */
  async text(number: number): Promise<string> {
    return (await this.texts(number)).at(-1) ?? "";
  }

  async texts(number: number): Promise<string[]> {
    const texts: string[] = [];
    for (const field of this.all(number)) texts.push(await this.file.text(field));
    return texts;
  }

  /** A number that is counted with, 0 where there is none. */
  whole(number: number): number {
    const field = this.all(number).at(-1);
    if (field === undefined) return 0;
    const value = Number(field.value ?? this.file.refuse(field.offset, "a number", "bytes"));
    return Number.isSafeInteger(value) ? value : this.file.refuse(field.offset, "a number below 2^53", String(value));
  }

  async integers(number: number): Promise<bigint[]> {
    const integers: bigint[] = [];
    for (const field of this.all(number)) {
      if (field.value !== undefined) integers.push(field.value);
      else {
        const bytes = await this.file.bytes(field);
        this.file.count(varintsIn(bytes), field.offset);
        const packed = packedVarints(bytes);
        for (const value of packed ?? this.file.refuse(field.offset, "numbers", "part of one")) integers.push(value);
      }
    }
    return integers;
  }

  async floats(number: number): Promise<number[]> {
    const floats: number[] = [];
    const word = new DataView(new ArrayBuffer(4));
    for (const field of this.all(number)) {
      if (field.bits === 32) {
        word.setUint32(0, Number(field.value));
        floats.push(word.getFloat32(0));
        continue;
      }
      const bytes = await this.file.bytes(field);
      if (bytes.length % 4 !== 0) this.file.refuse(field.offset, "numbers of 4 bytes", `${bytes.length} bytes`);
      this.file.count(bytes.length / 4, field.offset);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at < bytes.length; at += 4) floats.push(view.getFloat32(at, true));
    }
    return floats;
  }
}
