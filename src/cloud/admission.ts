import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ServiceError } from "../base/errors.ts";
import type { MachineHost } from "../machines/index.ts";
import { findDestination } from "../wire/dispatch.ts";
import { wireErrors } from "../wire/errors.ts";
import { admitOrigin } from "../wire/origin.ts";
import type { ArrivedRequest } from "../wire/pipeline.ts";
import { claimsSignature } from "../wire/signature/index.ts";
import type { Principal } from "../wire/principal.ts";

/** A web page in the user's browser must not drive the cloud, whatever keys it guesses. Throws AccessDenied. */
export function admitPage(request: ArrivedRequest, isOwnName: (name: string) => boolean, corsAllows: (origin: string) => boolean): void {
  // Programs say neither, and are not made to wait for a second dispatch.
  const fromPage = request.headers["origin"] !== undefined || request.headers["sec-fetch-site"] !== undefined;
  const verdict = admitOrigin(request, { hosts: isOwnName, corsAllows, ownPages: fromPage && isForBucket(request) && isAnonymousRead(request) });
  if (!verdict.admitted) throw wireErrors.foreignOrigin(verdict.reason);
}

/** A bucket's rules speak for the bucket, not for other services asked under its address. */
export function isForBucket(request: ArrivedRequest): boolean {
  try {
    const destination = findDestination(request);
    return destination.kind === "rest" && destination.service === "s3";
  } catch {
    return false;
  }
}

const isAnonymousRead = (request: ArrivedRequest): boolean =>
  (request.method === "GET" || request.method === "HEAD") && !claimsSignature(request);

const denied = (message: string): ServiceError => new ServiceError("AccessDenied", 403, message);

/** A role's session, or nobody at all: reading what is public takes no keys, and gives no power. */
const isHarmless = ({ kind }: Principal): boolean => kind === "assumed-role" || kind === "anonymous";

/** On the machines' own listener only temporary credentials count, whoever knows others. */
export function admitSession(principal: Principal): void {
  if (!isHarmless(principal)) throw denied("This address is for machines: only the temporary credentials of a role are accepted here.");
}

/**
 * On the people's listener a program on a machine can never be root or a user: everybody knows `test`/`test`, so who
 * connects decides, not what it signs with. Asked once for each connection.
 */
export function createPeopleGuard(machines: Pick<MachineHost, "isMachinePeer">): (principal: Principal, message: IncomingMessage) => void {
  const known = new WeakMap<Socket, boolean>();
  const isMachine = (socket: Socket): boolean => {
    const cached = known.get(socket);
    if (cached !== undefined) return cached;
    const { localAddress = "", localPort = 0, remoteAddress = "", remotePort = 0 } = socket;
    const verdict = machines.isMachinePeer({ address: localAddress, port: localPort }, { address: remoteAddress, port: remotePort });
    known.set(socket, verdict);
    return verdict;
  };
  return (principal, message) => {
    if (isHarmless(principal) || !isMachine(message.socket)) return;
    throw denied("A program on a machine may use only the temporary credentials of its role; these keys are not accepted from it.");
  };
}
