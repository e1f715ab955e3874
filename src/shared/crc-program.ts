// WebAssembly's own numbers: https://webassembly.github.io/spec/core/appendix/index-instructions.html
const I32 = 0x7f, I64 = 0x7e, VOID = 0x40;
const BLOCK = 0x02, LOOP = 0x03, END = 0x0b, BR = 0x0c, BR_IF = 0x0d;
const LOCAL_GET = 0x20, LOCAL_SET = 0x21, I64_LOAD = 0x29, I32_CONST = 0x41, I64_CONST = 0x42;
const I32_GE_U = 0x4f, I32_ADD = 0x6a, I64_AND = 0x83, I64_XOR = 0x85, I64_SHL = 0x86, I64_SHR_U = 0x88, I32_WRAP = 0xa7;

function unsigned(value: number): number[] {
  const low = value & 127;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 128, ...unsigned(rest)];
}

function signed(value: number): number[] {
  const low = value & 127;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
  return done ? [low] : [low | 128, ...signed(rest)];
}

const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const get = (local: number): number[] => [LOCAL_GET, ...unsigned(local)];
const set = (local: number): number[] => [LOCAL_SET, ...unsigned(local)];
const i32 = (value: number): number[] => [I32_CONST, ...signed(value)];
const i64 = (value: number): number[] => [I64_CONST, ...signed(value)];
const text = (name: string): number[] => sized([...Buffer.from(name)]);

const SUM = 0, FROM = 1, TO = 2, MIXED = 3;

/** `tables[7 - byte][(mixed >> 8 * byte) & 255]`; a table has 256 entries of 8 bytes. */
const lookup = (byte: number): number[] => [
  ...get(MIXED), ...i64(8 * byte), I64_SHR_U, ...i64(255), I64_AND, ...i64(3), I64_SHL, I32_WRAP,
  I64_LOAD, 3, ...unsigned((7 - byte) * 256 * 8),
];

/**
 * `run(sum: i64, from: i32, to: i32): i64` takes in the bytes of its memory between two addresses, a multiple of eight of
 * them, by the eight tables at the memory's beginning: `mixed = sum ^ load64(from)`, `sum = xor of the eight lookups`.
 */
export function crcProgram(pages: number): Uint8Array<ArrayBuffer> {
  const loop = [
    ...get(FROM), ...get(TO), I32_GE_U, BR_IF, 1,
    ...get(SUM), ...get(FROM), I64_LOAD, 0, 0, I64_XOR, ...set(MIXED),
    ...lookup(0), ...[1, 2, 3, 4, 5, 6, 7].flatMap((byte) => [...lookup(byte), I64_XOR]), ...set(SUM),
    ...get(FROM), ...i32(8), I32_ADD, ...set(FROM), BR, 0,
  ];
  const body = [1, 1, I64, BLOCK, VOID, LOOP, VOID, ...loop, END, END, ...get(SUM), END];
  const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // "\0asm", version 1
    ...section(1, [1, 0x60, 3, I64, I32, I32, 1, I64]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, ...text("memory"), 2, 0, ...text("run"), 0, 0]),
    ...section(10, [1, ...sized(body)]),
  ]);
}
