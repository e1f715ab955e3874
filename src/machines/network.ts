import { spawn } from "node:child_process";
import { SECOND, type Milliseconds } from "../base/instant.ts";
import type { Clock } from "../shared/clock.ts";
import { hasPidNamespace, holderCommand } from "./launch/chain.ts";
import { WRAPPER_ENVIRONMENT } from "./launch/program-script.ts";
import type { Separation } from "./separation.ts";
import type { MachineNetwork } from "./types.ts";

const UP = "up\n";
/** It takes some 20 ms. */
const PATIENCE: Milliseconds = 10_000;

/**
 * Opens a network that leads nowhere: a loopback interface and nothing else, for machines that are to reach one another and nobody else. A process of ours holds it open;
 * it goes with the server, for it waits on a pipe that the system closes. Rejects with the reason where the host has none to give.
 */
export async function openNetwork({ mode, tools }: Pick<Separation, "mode" | "tools">, clock: Clock): Promise<MachineNetwork> {
  if (!hasPidNamespace(mode)) throw new Error("this host lets the server make no namespaces, so that machines use its own network");
  const { ip, nsenter } = tools;
  if (ip === undefined) throw new Error("`ip` (Debian's package iproute2) is needed to make a network for machines");
  if (nsenter === undefined) throw new Error("`nsenter` (util-linux) is needed to put machines into a network of their own");
  const child = spawn("/bin/sh", [...holderCommand(mode, { ...tools, ip })], { cwd: "/", env: WRAPPER_ENVIRONMENT, stdio: ["pipe", "pipe", "pipe"] });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  child.stdin.on("error", () => undefined);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  let late = false;
  const deadline = clock.after(PATIENCE, () => {
    late = true;
    child.kill("SIGKILL");
  });
  const up = new Promise<boolean>((resolve) => {
    let heard = "";
    child.stdout.on("data", (chunk: Buffer) => (heard += chunk.toString()) === UP && resolve(true));
    void gone.then(() => resolve(false));
  });
  const isUp = await up;
  deadline.cancel();
  if (!isUp) throw new Error(`this host gives machines no network of their own: ${late ? `it had not come up after ${PATIENCE / SECOND} s` : said.trim()}`);
  // It must not keep the server alive.
  for (const each of [child, child.stdin, child.stdout, child.stderr] as readonly { unref?: () => void }[]) each.unref?.();
  return {
    pid: child.pid ?? 0,
    close: async () => {
      child.ref();
      child.stdin.end();
      await gone;
    },
  };
}
