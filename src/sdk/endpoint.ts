import type { DescribeEndpointCommandOutput } from "@aws-sdk/client-sagemaker";
import { SECOND, type Milliseconds } from "../base/instant.ts";
import type { Clients } from "./clients.ts";

/** Longest wait for an endpoint in seconds; on AWS minutes are usual. */
export const ENDPOINT_PATIENCE_SECONDS = 1800;
const FIRST_LOOK: Milliseconds = 100;
const LATER_LOOK: Milliseconds = 15 * SECOND;

/** Waits until an endpoint serves; throws its own reason when it never will. `describe` answers undefined when it is gone. */
export async function untilInService(clients: Clients, name: string, describe: () => Promise<DescribeEndpointCommandOutput | undefined>): Promise<DescribeEndpointCommandOutput> {
  // Looks often at first: here an endpoint starts in a second, on AWS in minutes.
  for (let waited = 0, pause = FIRST_LOOK; waited < ENDPOINT_PATIENCE_SECONDS * SECOND; waited += pause, pause = Math.min(pause * 1.5, LATER_LOOK)) {
    const found = await describe();
    if (found?.EndpointStatus === "InService") return found;
    if (!found || found.EndpointStatus === "Failed") throw new Error(`The endpoint ${name} is ${found?.EndpointStatus ?? "gone"}: ${found?.FailureReason ?? "no reason given"}`);
    await clients.pause(pause);
  }
  throw new Error(`The endpoint ${name} did not come into service within ${ENDPOINT_PATIENCE_SECONDS} s.`);
}
