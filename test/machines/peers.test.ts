import { createConnection, createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isMachinePeer } from "../../src/machines/peers.ts";
import { PYTHON, program, run, startHost } from "./support.ts";

async function listen(host: string): Promise<AsyncDisposable & { readonly port: number; next(): Promise<ReturnType<typeof ends>> }> {
  const server = createServer();
  const sockets: Socket[] = [];
  server.on("connection", (socket) => void sockets.push(socket.on("error", () => undefined)));
  server.listen(0, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    next: async () => {
      const [socket] = (await once(server, "connection")) as [Socket];
      const known = ends(socket);
      await once(socket, "data");
      return known;
    },
    [Symbol.asyncDispose]: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}

const ends = (socket: Socket) => [
  { address: socket.localAddress ?? "", port: socket.localPort ?? 0 }, { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
] as const;

for (const address of ["127.0.0.1", "::"]) {
  test(`a program on a machine is recognised behind its connection to ${address}, and this process is not taken for one`, async () => {
    await using cloud = await startHost();
    await using server = await listen(address);
    const coming = server.next();
    await run(await cloud.machine(), { command: PYTHON, args: [program("calls.py"), String(server.port), "stay"] });
    expect(cloud.host.isMachinePeer(...(await coming))).toBe(cloud.host.isolation.identity !== "same-user");

    const mine = server.next();
    const client = createConnection(server.port, "127.0.0.1").on("connect", () => client.write("x"));
    expect(cloud.host.isMachinePeer(...(await mine))).toBe(false);
    client.destroy();
  });
}

test("a program that closes its end at once does not become somebody else", async () => {
  await using cloud = await startHost();
  await using server = await listen("127.0.0.1");
  const coming = server.next();
  await run(await cloud.machine(), { command: PYTHON, args: [program("calls.py"), String(server.port), "close"] });
  const known = await coming;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(cloud.host.isMachinePeer(...known)).toBe(cloud.host.isolation.identity !== "same-user");
});

test("an end that can no longer be named is doubted, a foreign address is not", async ({ skip }) => {
  await using cloud = await startHost();
  skip(cloud.host.isolation.identity === "same-user", "machines cannot be told from their server here");
  const local = { address: "127.0.0.1", port: 4566 };
  expect(cloud.host.isMachinePeer(local, { address: "", port: 0 }), "no machine has lived here yet").toBe(false);
  await cloud.machine();
  expect(cloud.host.isMachinePeer(local, { address: "", port: 0 })).toBe(true);
  expect(cloud.host.isMachinePeer(local, { address: "192.0.2.7", port: 9 })).toBe(false);
});

test("by pid namespace: this process's own connection is known, an unknown one is doubted", async () => {
  await using server = await listen("127.0.0.1");
  const mine = server.next();
  const client = createConnection(server.port, "127.0.0.1").on("connect", () => client.write("x"));
  const [local, remote] = await mine;
  expect(isMachinePeer({ by: "pid-namespace" }, local, remote)).toBe(false);
  expect(isMachinePeer({ by: "pid-namespace" }, local, { ...remote, port: 1 })).toBe(true);
  expect(isMachinePeer({ by: "pid-namespace" }, local, { address: "192.0.2.1", port: 1 })).toBe(false);
  client.destroy();
});
