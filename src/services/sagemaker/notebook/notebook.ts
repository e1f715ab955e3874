import type { CreateNotebookInstanceInput } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../base/instant.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html */
export type NotebookStatus = "Pending" | "InService" | "Stopping" | "Stopped" | "Failed" | "Deleting" | "Updating";

export interface NotebookRecord {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** As asked for at creation and changed by updates. */
  readonly request: CreateNotebookInstanceInput;
  readonly status: NotebookStatus;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
  readonly failureReason?: string;
  /** What was seen while it ran, for whoever looks: a kernel that its type's memory is too small for. */
  readonly finding?: string;
  /** Whether its on-create script has run to its end. */
  readonly created: boolean;
}

export type NotebookEvent =
  | { readonly kind: "started" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "start-requested" }
  | { readonly kind: "stop-requested" }
  | { readonly kind: "stopped" }
  | { readonly kind: "delete-requested" }
  | { readonly kind: "update-requested" }
  | { readonly kind: "updated"; readonly request: CreateNotebookInstanceInput }
  | { readonly kind: "server-restarted" }
  | { readonly kind: "created" }
  | { readonly kind: "found"; readonly finding: string };

/** Where an event may happen, and where it leads. */
const MOVES: Readonly<Record<Exclude<NotebookEvent["kind"], "created" | "found">, { readonly from: readonly NotebookStatus[]; readonly to: NotebookStatus }>> = {
  started: { from: ["Pending"], to: "InService" },
  failed: { from: ["Pending", "InService"], to: "Failed" },
  "start-requested": { from: ["Stopped", "Failed"], to: "Pending" },
  "stop-requested": { from: ["InService"], to: "Stopping" },
  stopped: { from: ["Stopping"], to: "Stopped" },
  "delete-requested": { from: ["Stopped", "Failed"], to: "Deleting" },
  "update-requested": { from: ["Stopped", "Failed"], to: "Updating" },
  updated: { from: ["Updating"], to: "Stopped" },
  "server-restarted": { from: ["Pending", "InService"], to: "Pending" },
};

/** What refuses a request in the present state, as AWS words it; undefined when nothing does. */
export function barrier({ status, arn }: Pick<NotebookRecord, "status" | "arn">, kind: keyof typeof MOVES): string | undefined {
  const { from, to } = MOVES[kind];
  return from.includes(status) ? undefined : `Status (${status}) not in ([${from.join(", ")}]). Unable to transition to (${to}) for Notebook Instance (${arn})`;
}

const MAX_REASON = 1024;

/** The record after an event. An event that the present state cannot have throws, naming both. */
export function transition(notebook: NotebookRecord, event: NotebookEvent, now: Instant): NotebookRecord {
  if (event.kind === "created") return { ...notebook, created: true };
  if (event.kind === "found") return { ...notebook, finding: event.finding.slice(0, MAX_REASON), modifiedAt: now };
  const refused = barrier(notebook, event.kind);
  if (refused !== undefined) throw new Error(refused);
  const { failureReason, finding, ...rest } = notebook;
  const moved: NotebookRecord = { ...rest, status: MOVES[event.kind].to, modifiedAt: now };
  switch (event.kind) {
    case "failed": return { ...moved, ...(finding !== undefined && { finding }), failureReason: event.reason.slice(0, MAX_REASON) };
    case "started": return { ...moved, created: true };
    case "updated": return { ...moved, request: event.request };
    case "start-requested": return moved;
    default: return { ...moved, ...(finding !== undefined && { finding }), ...(failureReason !== undefined && event.kind === "delete-requested" && { failureReason }) };
  }
}

/** As CreateNotebookInstance stores it. */
export const newNotebook = (made: Pick<NotebookRecord, "name" | "arn" | "account" | "region" | "request">, now: Instant): NotebookRecord =>
  ({ ...made, status: "Pending", createdAt: now, modifiedAt: now, created: false });
