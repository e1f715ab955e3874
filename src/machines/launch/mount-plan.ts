import { dirname } from "node:path";

/** What a machine sees of the host's files. */
export interface MountNeeds {
  /** The machine's own folder: writable. */
  readonly folder: string;
  /** What it has for `/tmp`, inside its folder. */
  readonly temporary: string;
  /** Other places where it could write on the host: they show its `/tmp`. Those that are not there are left out. */
  readonly scratch: readonly string[];
  /** Folders it must not see (the data folder, the user's home). */
  readonly hidden: readonly string[];
  /** Folders it must see, read-only: by the path the program uses, and where they really are. */
  readonly readable: readonly { readonly at: string; readonly source: string }[];
  /** The program's paths to what they show: writable inside the machine's folder and its volumes, read-only elsewhere. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Folders beside the machine's own that it may write. */
  readonly volumes: readonly string[];
  /** The outermost folder above a path that the machine's user cannot pass; undefined when the path is open to it. */
  readonly barrier: (path: string) => string | undefined;
  /** Whether the host has a file or folder there, to be covered by a mount. */
  readonly there: (path: string) => boolean;
  /** The folders in a folder of the host; undefined when there is no such folder. */
  readonly folders: (path: string) => readonly string[] | undefined;
}

/** Folders to open before anything is hidden (as file descriptors from 4 on), and the mounts in order. */
export interface MountPlan {
  readonly opened: readonly string[];
  readonly fstab: string;
}

/** dash knows the descriptors 0 to 9; 3 carries the program's script. */
export const FIRST_DESCRIPTOR = 4;
const DESCRIPTORS = 6;

type Step = { readonly at: string; readonly kind: "hide" | "bind"; readonly source: string; readonly options: string };

/** Plans the mounts of one machine. Throws when more places are hidden than descriptors can carry across. */
export function planMounts(needs: MountNeeds): MountPlan {
  const opened: string[] = [];
  const descriptor = (path: string): string => {
    if (!opened.includes(path)) opened.push(path);
    if (opened.length > DESCRIPTORS) throw new Error(`Too many hidden places are needed by one program: ${opened.join(", ")}`);
    return `/proc/self/fd/${FIRST_DESCRIPTOR + opened.indexOf(path)}`;
  };
  const wanted = new Map([{ at: needs.folder, source: needs.folder }, ...needs.readable].map(({ at, source }) => [at, source]));
  const masks = new Set([...needs.hidden, ...[...wanted.keys()].map(needs.barrier).filter((path) => path !== undefined)]);
  const scratch = new Set(["/tmp", ...needs.scratch.filter((path) => needs.folders(path) !== undefined)]);
  const places = [...new Set([...masks, ...wanted.keys(), ...scratch])].sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1));

  const steps: Step[] = [];
  for (const at of places) {
    const above = steps.findLast((step) => isWithin(at, step.at));
    const source = wanted.get(at);
    if (scratch.has(at)) {
      steps.push({ at, kind: "hide", source: inFolder(needs, needs.temporary, descriptor), options: "bind" });
    } else if (at === needs.folder) {
      if (above !== undefined) steps.push({ at, kind: "bind", source: descriptor(at), options: "bind,X-mount.mkdir" });
    } else if (source !== undefined) {
      // Asked for by name, so it is shown even where a mask of the same name would hide it.
      if (above?.kind === "hide" || masks.has(at)) steps.push({ at, kind: "bind", source: descriptor(source), options: "bind,ro,X-mount.mkdir" });
    } else if (above?.kind !== "hide") {
      steps.push({ at, kind: "hide", source: "sagebrush-hidden", options: "size=1m,mode=755" });
    }
  }
  steps.push({ at: "/dev/shm", kind: "hide", source: "sagebrush-shm", options: "mode=1777" });
  for (const [at, shown] of Object.entries(needs.mounts)) {
    const own = isWithin(shown, needs.folder);
    const source = own ? inFolder(needs, shown, descriptor) : descriptor(shown);
    const writable = own || needs.volumes.includes(shown);
    steps.push(...coverAbove(at, needs, descriptor), { at, kind: "bind", source, options: `bind,X-mount.mkdir${writable ? "" : ",ro"}` });
  }
  return { opened, fstab: steps.map(line).join("") };
}

const inFolder = (needs: MountNeeds, path: string, descriptor: (path: string) => string): string =>
  `${descriptor(needs.folder)}${path.slice(needs.folder.length)}`;

/** A place the host does not have is made by covering the folder above it with an empty one that shows the same folders. */
function coverAbove(target: string, needs: MountNeeds, descriptor: (path: string) => string): readonly Step[] {
  if (needs.there(target)) return [];
  let above = dirname(target);
  while (needs.folders(above) === undefined) above = dirname(above);
  if (above === "/") throw new Error(`${target} cannot be offered: the host has no folder /${target.split("/")[1] ?? ""}.`);
  return [
    { at: above, kind: "hide", source: "sagebrush-above", options: "size=1m,mode=755" },
    ...(needs.folders(above) ?? []).map((name): Step => ({ at: `${above}/${name}`, kind: "bind", source: `${descriptor(above)}/${name}`, options: "rbind,X-mount.mkdir" })),
  ];
}

const isWithin = (path: string, folder: string): boolean => path !== folder && path.startsWith(folder === "/" ? "/" : `${folder}/`);

const escape = (text: string): string => text.replaceAll(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);

const line = (step: Step): string =>
  `${escape(step.source)} ${escape(step.at)} ${step.options.includes("bind") ? "none" : "tmpfs"} ${step.options} 0 0\n`;
