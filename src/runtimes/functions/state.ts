import type { Instant } from "../../base/instant.ts";

/** Why an environment ends. */
export type EndReason = "crashed" | "timed-out" | "out-of-memory" | "init-failed" | "idle" | "replaced" | "credentials-expired" | "shutdown";

/** Where an execution environment stands. */
export type EnvironmentState =
  /** Its program starts and runs the code outside the handler. */
  | { readonly kind: "initializing"; readonly since: Instant }
  /** It waits for an invocation, warm. */
  | { readonly kind: "idle"; readonly since: Instant }
  /** It runs exactly one invocation. */
  | { readonly kind: "busy"; readonly since: Instant; readonly requestId: string }
  /** It has answered and has not yet asked for the next invocation. */
  | { readonly kind: "answered"; readonly since: Instant; readonly requestId: string }
  /** Its process tree is being ended. */
  | { readonly kind: "stopping"; readonly since: Instant; readonly reason: EndReason }
  /** Nothing of it is left. */
  | { readonly kind: "gone"; readonly since: Instant; readonly reason: EndReason };

export type EnvironmentEvent =
  | { readonly kind: "asked-for-work" }
  | { readonly kind: "given-work"; readonly requestId: string }
  | { readonly kind: "answered-request" }
  | { readonly kind: "told-to-stop"; readonly reason: EndReason }
  | { readonly kind: "ended" };

export class IllegalTransition extends Error {
  override readonly name = "IllegalTransition";
}

/** The next state of an environment. Throws IllegalTransition, naming the present state, for what cannot happen in it. */
export function transition(state: EnvironmentState, event: EnvironmentEvent, now: Instant): EnvironmentState {
  switch (event.kind) {
    case "asked-for-work":
      if (state.kind === "initializing" || state.kind === "answered") return { kind: "idle", since: now };
      break;
    case "given-work":
      if (state.kind === "idle") return { kind: "busy", since: now, requestId: event.requestId };
      break;
    case "answered-request":
      if (state.kind === "busy") return { kind: "answered", since: now, requestId: state.requestId };
      break;
    case "told-to-stop":
      if (state.kind === "stopping" || state.kind === "gone") return state;
      return { kind: "stopping", since: now, reason: event.reason };
    case "ended":
      if (state.kind === "stopping") return { kind: "gone", since: now, reason: state.reason };
      if (state.kind !== "gone") return { kind: "gone", since: now, reason: "crashed" };
      break;
  }
  throw new IllegalTransition(`an environment that is ${state.kind} cannot be ${event.kind}`);
}
