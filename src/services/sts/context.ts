import type { Collection } from "../../store/index.ts";
import { operations } from "../../wire/service.ts";
import type { RoleDirectory } from "./ports.ts";
import type { SessionRecord } from "./session/session.ts";

export interface StsState {
  /** By access key id. */
  readonly sessions: Collection<SessionRecord>;
  readonly roles: RoleDirectory;
}

export const operation = operations<typeof import("@aws-sdk/client-sts"), StsState>();
