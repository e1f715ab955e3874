import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { RoutableEndpoint, RoutableInstance } from "../context.ts";
import { errors, type Whose } from "../errors.ts";
import { chooseInstance } from "./choose-instance.ts";
import { AnswerTimeout, AnswerTooLarge, NotTaken, type ContainerAnswer, type Forward, type ForwardedRequest } from "./forward.ts";

/** How long a request that no instance has taken waits for one: after a server restart, or when the only one died. */
const WAIT_LIMIT: Milliseconds = 60 * SECOND;
const WAIT_LOOK: Milliseconds = 20;
/** An instance that broke off is most likely dying and still takes connections until its end is noticed; one that is not gone by then lives. */
const DOUBT: Milliseconds = SECOND;

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
  const { endpoint, forward, clock, fraction, whose } = asking;
  const tried = new Set<RoutableInstance>();
  const untried = (): readonly RoutableInstance[] => endpoint.instances().filter((each) => !tried.has(each) && clock.monotonic() - (each.brokeOffAt ?? -DOUBT) >= DOUBT);
  let died: Error | undefined;
  for (;;) {
    if (untried().length === 0 && died === undefined) await waitForInstance(asking, untried, forwarded.signal);
    const instance = chooseInstance(untried(), endpoint.routing, fraction);
    if (!instance) throw died === undefined ? errors.unavailable() : errors.brokenOff(died.message, whose);
    tried.add(instance);
    instance.outstanding += 1;
    try {
      const answer = await forward(instance, forwarded);
      instance.answered += 1;
      return answer;
    } catch (error) {
      forwarded.signal.throwIfAborted();
      if (error instanceof AnswerTimeout) throw errors.timedOut(whose);
      if (error instanceof AnswerTooLarge) throw errors.responseTooLarge(whose);
      if (error instanceof NotTaken) continue;
      instance.brokeOffAt = clock.monotonic();
      if (died !== undefined) throw errors.brokenOff((error as Error).message, whose);
      died = error as Error;
    } finally {
      instance.outstanding -= 1;
    }
  }
}

async function waitForInstance({ clock }: Asking, untried: () => readonly RoutableInstance[], signal: AbortSignal): Promise<void> {
  const deadline = clock.monotonic() + WAIT_LIMIT;
  while (untried().length === 0 && clock.monotonic() < deadline) await clock.sleep(WAIT_LOOK, signal);
}
