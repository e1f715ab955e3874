import { createServer, type Server } from "node:net";

/** User ids and loopback addresses that are this server's alone while it runs. */
export interface IdentityBlock {
  readonly firstUid: number;
  readonly size: number;
  /** A user id and loopback address that no living machine of this host has; the same index gives both. */
  take(): { readonly index: number; readonly uid: number; readonly address: string };
  give(index: number): void;
  close(): void;
}

/** Machines at once on one server. */
const BLOCK = 1000;
/** 20000–59999: below 60000, where Debian's reserved ids begin, and far above the people and services of a host. */
const BLOCKS = 40;
/** 127.64.0.0 and up: away from 127.0.0.1 and from the 127.0.1.1 and 127.0.0.53 that systems use themselves. */
const FIRST_LOOPBACK = 64;

/**
 * Claims a block for this server by an abstract socket, which the system frees when the process dies, however it dies:
 * two servers on one host never give two machines the same user.
 */
export async function claimIdentities(firstUid = 20_000): Promise<IdentityBlock> {
  for (let block = 0; block < BLOCKS; block++) {
    const first = firstUid + block * BLOCK;
    const holder = await hold(`\0sagebrush-machines-${first}`);
    if (holder !== undefined) return blockOf(first, FIRST_LOOPBACK + block, holder);
  }
  throw new Error(`All ${BLOCKS} blocks of machine user ids from ${firstUid} are taken by other servers on this host.`);
}

function hold(name: string): Promise<Server | undefined> {
  // Elsewhere abstract names do not exist; one server a host is then the user's own care.
  if (process.platform !== "linux") return Promise.resolve(createServer());
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(undefined));
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}

function blockOf(firstUid: number, network: number, holder: Server): IdentityBlock {
  const taken = new Set<number>();
  let next = 0;
  return {
    firstUid,
    size: BLOCK,
    take: () => {
      // Round robin, so that a machine does not inherit what a predecessor of the same user left in shared places.
      for (let tries = 0; tries < BLOCK; tries++, next = (next + 1) % BLOCK) {
        if (taken.has(next)) continue;
        const index = next;
        taken.add(index);
        next = (next + 1) % BLOCK;
        return { index, uid: firstUid + index, address: `127.${network}.${Math.floor(index / 200)}.${(index % 200) + 1}` };
      }
      throw new Error(`${BLOCK} machines are running already.`);
    },
    give: (index) => void taken.delete(index),
    close: () => holder.close(),
  };
}
