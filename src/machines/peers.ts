import { readdirSync, readlinkSync } from "node:fs";
import { isIP, isIPv4 } from "node:net";
import { endianness } from "node:os";
import { allPids, pidNamespaceOf, read } from "./proc.ts";
import type { SocketEnd } from "./types.ts";

interface Row {
  readonly uid: number;
  /** 0 once the program has closed its end; the kernel then forgets whose it was and says user 0. */
  readonly inode: number;
}

/** Who may be behind a loopback connection: `users` where machines have ids of their own, else by pid namespace. */
export type PeerRule =
  | { readonly by: "user"; readonly firstUid: number; readonly size: number }
  | { readonly by: "pid-namespace" };

/**
 * Whether the other end of a connection to this server belongs to a machine. Whoever cannot be identified (gone, closed,
 * unreadable) is taken for one: such a caller can sign with session credentials, but not as root.
 */
export function isMachinePeer(rule: PeerRule, local: SocketEnd, remote: SocketEnd): boolean {
  if (isIP(remote.address) !== 0 && !isLoopback(remote.address)) return false;
  const row = findRow(remote, local);
  if (row === undefined || row.inode === 0) return true;
  if (rule.by === "user") return row.uid >= rule.firstUid && row.uid < rule.firstUid + rule.size;
  if (row.uid !== process.getuid?.()) return false;
  return !heldOutside(row.inode);
}

const isLoopback = (address: string): boolean => /^(::ffff:)?127\./.test(address) || address === "::1";

/** The row of /proc/net/tcp that has these as its own and its other end. */
function findRow(own: SocketEnd, other: SocketEnd): Row | undefined {
  const spellings: readonly (readonly [string, (address: string) => string | undefined])[] = [["/proc/net/tcp", hexV4], ["/proc/net/tcp6", hexV6]];
  for (const [table, spell] of spellings) {
    const [from, to] = [spell(own.address), spell(other.address)];
    if (from === undefined || to === undefined) continue;
    const wanted = `: ${from}:${hexPort(own.port)} ${to}:${hexPort(other.port)} `;
    const text = read(table) ?? "";
    const at = text.indexOf(wanted);
    if (at === -1) continue;
    // sl local remote st tx:rx tr:when retrnsmt uid timeout inode
    const fields = text.slice(at + 2, text.indexOf("\n", at)).trim().split(/\s+/);
    return { uid: Number(fields[6]), inode: Number(fields[8]) };
  }
  return undefined;
}

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");
const LITTLE = endianness() === "LE";

/** The kernel prints addresses as the machine's own 32-bit words. */
const word = (bytes: readonly number[]): string =>
  (LITTLE ? [...bytes].reverse() : bytes).map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("");

function hexV4(address: string): string | undefined {
  const plain = address.replace(/^::ffff:/, "");
  return isIPv4(plain) ? word(plain.split(".").map(Number)) : undefined;
}

function hexV6(address: string): string | undefined {
  if (address === "::1") return [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]].map(word).join("");
  const plain = address.replace(/^::ffff:/, "");
  return isIPv4(plain) ? [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 255, 255], plain.split(".").map(Number)].map(word).join("") : undefined;
}

/** Whether a process of the server's own pid namespace, which no machine is in, holds the socket. */
function heldOutside(inode: number): boolean {
  const own = pidNamespaceOf("self");
  const wanted = `socket:[${inode}]`;
  return allPids().some((pid) => pidNamespaceOf(pid) === own && holds(pid, wanted));
}

function holds(pid: number, wanted: string): boolean {
  let descriptors: readonly string[];
  try {
    descriptors = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return false;
  }
  return descriptors.some((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === wanted;
    } catch {
      return false;
    }
  });
}
