import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { RoutableEndpoint, RoutableInstance } from "../context.ts";
import { errors, type Whose } from "../errors.ts";
import { chooseInstance } from "./choose-instance.ts";
import { AnswerTimeout, AnswerTooLarge, NotTaken, type ContainerAnswer, type Forward, type ForwardedRequest } from "./forward.ts";

/** How long a request waits for an instance while none is there: after a server restart, or when the only one died. */
const WAIT_LIMIT: Milliseconds = 60 * SECOND;
const WAIT_LOOK: Milliseconds = 20;

export interface Asking {
  readonly endpoint: RoutableEndpoint;
  readonly forward: Forward;
  readonly clock: Clock;
  /** 0 to 1, for the choice among instances. */
  readonly fraction: () => number;
  readonly whose: Whose;
}

/**
 * Asks an instance, and another one when the first is not there any more. An instance that dies with the request in hand
 * may have begun on it: it is sent to one more instance and no further, lest a request that kills containers kill them
 * all (a container can see a request twice: declared in the README).
 */
export async function ask(asking: Asking, forwarded: ForwardedRequest): Promise<ContainerAnswer> {
  const { endpoint, forward, fraction, whose } = asking;
  const tried = new Set<RoutableInstance>();
  let died = 0;
  let last: Error | undefined;
  if (endpoint.instances().length === 0) await waitForInstance(asking, forwarded.signal);
  for (;;) {
    const instance = chooseInstance(endpoint.instances().filter((each) => !tried.has(each)), endpoint.routing, fraction);
    if (!instance) throw last === undefined ? errors.unavailable() : errors.brokenOff(last.message, whose);
    tried.add(instance);
    instance.outstanding += 1;
    try {
      return await forward(instance, forwarded);
    } catch (error) {
      forwarded.signal.throwIfAborted();
      if (error instanceof AnswerTimeout) throw errors.timedOut(whose);
      if (error instanceof AnswerTooLarge) throw errors.responseTooLarge(whose);
      last = error as Error;
      if (!(error instanceof NotTaken) && (died += 1) > 1) throw errors.brokenOff(last.message, whose);
    } finally {
      instance.outstanding -= 1;
    }
  }
}

async function waitForInstance({ endpoint, clock }: Asking, signal: AbortSignal): Promise<void> {
  const deadline = clock.monotonic() + WAIT_LIMIT;
  while (endpoint.instances().length === 0 && clock.monotonic() < deadline) await clock.sleep(WAIT_LOOK, signal);
}
