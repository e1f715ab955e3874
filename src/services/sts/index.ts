import type { ServiceDefinition } from "../../wire/service.ts";
import type { StsState } from "./context.ts";
import { getCallerIdentity } from "./identity/get-caller-identity.ts";
import { sessions } from "./migrations/0001-sessions.ts";
import type { StsPorts } from "./ports.ts";
import { assumeRole } from "./session/assume-role.ts";
import { getSessionToken } from "./session/get-session-token.ts";
import { forgetExpired, SWEEP_PERIOD, type SessionRecord } from "./session/session.ts";

export type { StsState } from "./context.ts";
export type { AssumableRole, RoleDirectory, StsPorts } from "./ports.ts";
export type { SessionRecord } from "./session/session.ts";

export const sts: ServiceDefinition<StsState, StsPorts> = {
  id: "sts",
  loadSdk: () => import("@aws-sdk/client-sts"),
  migrations: [sessions],
  start({ store, clock, roles }) {
    const state: StsState = { sessions: store.collection<SessionRecord>("sts_sessions"), roles };
    const sweep = clock.every(SWEEP_PERIOD, () => forgetExpired(state.sessions, clock.now()));
    return {
      state,
      operations: [getCallerIdentity, assumeRole, getSessionToken],
      stop: async () => sweep.cancel(),
    };
  },
};
