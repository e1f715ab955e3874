import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import { ping } from "../../../runtimes/serving/index.ts";
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Instance } from "./instance.ts";

/** AWS pings "periodically" and gives no number: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const PING_EVERY: Milliseconds = 10 * SECOND;
/** Two minutes: a container that answers one request at a time may be deaf to pings for the 60 s that each may take. */
const PINGS_MISSED = 12;

/** Calls back once when an instance has answered neither a ping nor a request for two minutes. Cancel it when the instance ends. */
export function watchHealth(clock: Clock, instance: Instance, onSick: () => void): Timer {
  let missed = 0;
  let answered = instance.answered;
  const look = async (): Promise<void> => {
    const well = await ping(instance) || instance.answered !== answered;
    answered = instance.answered;
    missed = well ? 0 : missed + 1;
    if (missed !== PINGS_MISSED) return;
    timer.cancel();
    onSick();
  };
  const timer = clock.every(PING_EVERY, () => void look());
  return timer;
}
