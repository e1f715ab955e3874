/** Readings of condition values. Each gives undefined for what is not of its kind, so that nothing matches it. */

export function readNumber(text: string): number | undefined {
  if (text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const YEAR = /^\d{4}$/;
const SECONDS = /^\d+$/;
const W3C_DATE = /^\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?$/i;

/** Milliseconds since the epoch, from a W3C date (https://www.w3.org/TR/NOTE-datetime) or seconds since the epoch. */
export function readDate(text: string): number | undefined {
  if (SECONDS.test(text) && !YEAR.test(text)) return Number(text) * 1000;
  if (!YEAR.test(text) && !W3C_DATE.test(text)) return undefined;
  // Without a zone a time is UTC, which the language's own reading takes for local time.
  const zoned = /T/i.test(text) && !/(Z|[+-]\d{2}:\d{2})$/i.test(text) ? `${text}Z` : text;
  const value = Date.parse(zoned);
  return Number.isNaN(value) ? undefined : value;
}

/** `true` or `false` in any case. */
export function readBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

/** The 4 or 16 bytes of an address. IPv4 addresses written as IPv6 (`::ffff:10.0.0.1`) are IPv4. */
export function readAddress(text: string): readonly number[] | undefined {
  if (!text.includes(":")) return readIpv4(text);
  const bytes = readIpv6(text);
  const mapped = bytes?.slice(0, 10).every((byte) => byte === 0) === true && bytes[10] === 0xff && bytes[11] === 0xff;
  return mapped ? bytes?.slice(12) : bytes;
}

function readIpv4(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.map(Number);
}

function readIpv6(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")).map((group, at, all) =>
    at === all.length - 1 && group.includes(".") ? readIpv4(group) : readGroup(group)));
  const [left = [], right] = groups.map((half) => half.some((group) => group === undefined) ? undefined : half.flat() as number[]);
  if (groups.some((half) => half.includes(undefined))) return undefined;
  if (right === undefined) return left.length === 16 ? left : undefined;
  const missing = 16 - left.length - right.length;
  return missing < 2 ? undefined : [...left, ...Array.from({ length: missing }, () => 0), ...right];
}

const readGroup = (group: string): readonly number[] | undefined => {
  if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
};

export interface AddressRange {
  readonly bytes: readonly number[];
  readonly prefixBits: number;
}

/** `203.0.113.0/24`, `2001:DB8::/32`, or one address. */
export function readRange(text: string): AddressRange | undefined {
  const [address = "", bits, ...rest] = text.split("/");
  const bytes = readAddress(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  if (bits === undefined) return { bytes, prefixBits: bytes.length * 8 };
  const prefixBits = Number(bits);
  return /^\d{1,3}$/.test(bits) && prefixBits <= bytes.length * 8 ? { bytes, prefixBits } : undefined;
}

export function inRange({ bytes, prefixBits }: AddressRange, address: readonly number[]): boolean {
  if (bytes.length !== address.length) return false;
  for (let bit = 0; bit < prefixBits; bit += 8) {
    const mask = prefixBits - bit >= 8 ? 0xff : (0xff << (8 - (prefixBits - bit))) & 0xff;
    if (((bytes[bit >> 3] ?? 0) & mask) !== ((address[bit >> 3] ?? 0) & mask)) return false;
  }
  return true;
}
