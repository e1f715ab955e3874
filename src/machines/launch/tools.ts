import { accessSync, constants } from "node:fs";

/** util-linux and coreutils programs that launching uses; absent ones mean a step down, said in the report. */
export interface Tools {
  readonly setpriv: string | undefined;
  readonly unshare: string | undefined;
  readonly mount: string | undefined;
  readonly prlimit: string | undefined;
  readonly nsenter: string | undefined;
  /** Of iproute2: raises the loopback interface of a network that leads nowhere. */
  readonly ip: string | undefined;
}

const FOLDERS = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/run/current-system/sw/bin"];

export function findTool(name: string, folders: readonly string[] = FOLDERS): string | undefined {
  return folders.map((folder) => `${folder}/${name}`).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const findTools = (): Tools => ({
  setpriv: findTool("setpriv"),
  unshare: findTool("unshare"),
  mount: findTool("mount"),
  prlimit: findTool("prlimit"),
  nsenter: findTool("nsenter"),
  ip: findTool("ip"),
});
