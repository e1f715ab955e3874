import { join, resolve } from "node:path";
import { createClients, type Clients } from "../sdk/clients.ts";
import { readRootKeys } from "../cloud/root-keys-file.ts";
import type { ProjectPlace } from "../project/names.ts";

export const DEFAULT_ENDPOINT = "http://127.0.0.1:4566";
export const DEFAULT_DATA = ".sagebrush";

/** The flags by which every command finds its cloud. */
export const targetArgs = {
  target: { type: "string", description: "local, or aws", default: "local" },
  endpoint: { type: "string", description: "Address of the local cloud", default: DEFAULT_ENDPOINT },
  region: { type: "string", description: "Region", default: "us-east-1" },
  data: { type: "string", description: "The local cloud's data folder", default: DEFAULT_DATA },
} as const;

export interface TargetChoice {
  readonly target: string;
  readonly endpoint: string;
  readonly region: string;
  readonly data: string;
}

/** A command that cannot go on, with what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Clients for the cloud that the flags name; nothing else differs between the local one and AWS. */
export function chooseClients({ target, endpoint, region, data }: TargetChoice): Clients {
  if (target === "aws") return createClients({ region });
  if (target !== "local") throw new CommandError(`--target ${target}: there are local and aws`);
  if (!URL.canParse(endpoint)) throw new CommandError(`--endpoint ${endpoint}: must be an address such as ${DEFAULT_ENDPOINT}`);
  return createClients({ endpoint, region, credentials: readRootKeys(resolve(data)) });
}

/** Whose account this is; also the first call, so that a cloud that is not there is said in a sentence. */
export async function findPlace(clients: Clients): Promise<ProjectPlace> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  try {
    const { Account = "" } = await (await clients.sts()).send(new GetCallerIdentityCommand({}));
    return { account: Account, region: clients.target.region };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") {
      throw new CommandError(`Nothing answers at ${clients.target.endpoint ?? ""}. Start it with "npm start" or "npx sagebrush serve", or give its address with --endpoint.`, { cause: error });
    }
    throw error;
  }
}

/** Where commands keep what they can skip next time. */
export const stateFolder = (data: string): string => join(resolve(data), "projects");
