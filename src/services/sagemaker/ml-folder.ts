import { join } from "node:path";

/** Folder of a machine that programs know as `/opt/ml`. */
export const mlFolder = (machineFolder: string): string => join(machineFolder, "ml");
