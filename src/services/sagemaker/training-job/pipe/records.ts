/** MXNet's record format: https://mxnet.apache.org/api/architecture/note_data_loading#data-format */
const MAGIC = 0xced7230a;
/** The length has 29 bits; the three above it tell whether a record goes on in the next one. */
const MAX_LENGTH = 2 ** 29 - 1;
const ALIGNMENT = 4;

/** What stands before a record of so many bytes. */
export function recordHeader(length: number): Buffer {
  if (length > MAX_LENGTH) throw new Error(`a RecordIO record has room for ${MAX_LENGTH} bytes, and ${length} are to go into one`);
  const header = Buffer.alloc(8);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(length, 4);
  return header;
}

/** What stands after it, up to a multiple of four bytes. */
export const recordPadding = (length: number): Buffer => Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
