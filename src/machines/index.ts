export { openMachineHost, type MachineHostOptions } from "./host.ts";
export { readMachineFile } from "./folder.ts";
export { NoCapacity } from "./types.ts";
export type {
  CreateOptions, Exit, IsolationReport, Machine, MachineHost, MachineNetwork, MachineProcess, MachineSpec, ProcessSpec, SocketEnd,
} from "./types.ts";
