/**
 * The protocol buffers wire format (https://protobuf.dev/programming-guides/encoding/), driven by small tables of fields.
 * Fields that a table does not name are carried through unchanged, so that reading and writing a model loses nothing.
 */

type Scalar = "varint" | "float" | "double" | "string" | "bytes";

export interface FieldSpec {
  readonly number: number;
  readonly type: Scalar | (() => MessageSpec);
  readonly repeated?: true;
}

/** The fields of a message by their names in TypeScript. */
export type MessageSpec = Readonly<Record<string, FieldSpec>>;

/** A whole number; a bigint only where it does not fit a double exactly. */
export type Varint = number | bigint;

type Plain = Record<string, unknown>;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
const wireTypes: Readonly<Record<Scalar, number>> = { varint: VARINT, float: FIXED32, double: FIXED64, string: DELIMITED, bytes: DELIMITED };

function varint(value: Varint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

function scalar(type: Scalar, value: unknown): Uint8Array {
  if (type === "varint") return varint(value as Varint);
  if (type === "string") return new TextEncoder().encode(value as string);
  if (type === "bytes") return value as Uint8Array;
  const view = new DataView(new ArrayBuffer(type === "float" ? 4 : 8));
  if (type === "float") view.setFloat32(0, value as number, true);
  else view.setFloat64(0, value as number, true);
  return new Uint8Array(view.buffer);
}

/** Appends the message's bytes to `chunks`; returns how many bytes they are. */
function write(spec: MessageSpec, message: Plain, chunks: Uint8Array[]): number {
  let size = 0;
  const push = (chunk: Uint8Array): void => {
    chunks.push(chunk);
    size += chunk.length;
  };
  for (const [name, field] of Object.entries(spec)) {
    const value = message[name];
    if (value === undefined) continue;
    for (const item of field.repeated ? (value as readonly unknown[]) : [value]) {
      if (typeof field.type === "function") {
        const inner: Uint8Array[] = [];
        const length = write(field.type(), item as Plain, inner);
        push(varint((field.number << 3) | DELIMITED));
        push(varint(length));
        for (const chunk of inner) chunks.push(chunk);
        size += length;
      } else {
        const bytes = scalar(field.type, item);
        push(varint((field.number << 3) | wireTypes[field.type]));
        if (wireTypes[field.type] === DELIMITED) push(varint(bytes.length));
        push(bytes);
      }
    }
  }
  for (const chunk of (message["unknown"] as readonly Uint8Array[] | undefined) ?? []) push(chunk);
  return size;
}

/** The message in wire format. */
export function encode(spec: MessageSpec, message: object): Uint8Array {
  const chunks: Uint8Array[] = [];
  const bytes = new Uint8Array(write(spec, message as Plain, chunks));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

class Reader {
  at = 0;
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  varint(): Varint {
    let low = 0;
    let wide = 0n;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error("The file ends inside a number.");
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else wide |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) break;
    }
    if (wide === 0n) return low;
    const value = BigInt.asIntN(64, wide | BigInt(low));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  slice(length: number): Uint8Array {
    const part = this.bytes.subarray(this.at, this.at + length);
    if (length < 0 || part.length !== length) throw new Error("The file ends inside a field.");
    this.at += length;
    return part;
  }
  float(): number {
    this.at += 4;
    return this.view.getFloat32(this.at - 4, true);
  }
  double(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }
  skip(wireType: number): void {
    if (wireType === VARINT) this.varint();
    else if (wireType === FIXED64) this.slice(8);
    else if (wireType === FIXED32) this.slice(4);
    else if (wireType === DELIMITED) this.slice(Number(this.varint()));
    else throw new Error(`Wire type ${wireType} is not part of the format.`);
  }
  one(type: Scalar): unknown {
    if (type === "varint") return this.varint();
    if (type === "float") return this.float();
    if (type === "double") return this.double();
    const bytes = this.slice(Number(this.varint()));
    return type === "string" ? new TextDecoder().decode(bytes) : bytes;
  }
}

/** Reads a message; byte fields are views into `bytes`. Throws an Error when it is not one. */
export function decode(spec: MessageSpec, bytes: Uint8Array): Plain {
  const byNumber = new Map(Object.entries(spec).map(([name, field]) => [field.number, { name, field }]));
  const message: Plain = {};
  for (const [name, field] of Object.entries(spec)) if (field.repeated) message[name] = [];
  const unknown: Uint8Array[] = [];
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const tag = Number(reader.varint());
    const known = byNumber.get(tag >>> 3);
    if (known === undefined) {
      reader.skip(tag & 7);
      unknown.push(bytes.subarray(start, reader.at));
      continue;
    }
    const { name, field } = known;
    const values: unknown[] = [];
    if (typeof field.type === "function") values.push(decode(field.type(), reader.slice(Number(reader.varint()))));
    else if ((tag & 7) === DELIMITED && wireTypes[field.type] !== DELIMITED) {
      const end = Number(reader.varint()) + reader.at;
      while (reader.at < end) values.push(reader.one(field.type));
    } else values.push(reader.one(field.type));
    if (field.repeated) (message[name] as unknown[]).push(...values);
    else message[name] = values.at(-1);
  }
  if (unknown.length > 0) message["unknown"] = unknown;
  return message;
}
