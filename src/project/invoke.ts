import type { Clients } from "../sdk/clients.ts";

/** What a function answered to one event. */
export interface FunctionAnswer {
  readonly payload: unknown;
  /** `Unhandled` when the function failed. */
  readonly error: string | undefined;
  readonly logTail: string;
  /** Seconds billed, from the REPORT line. */
  readonly billedSeconds: number;
}

/** Invokes the project's function and waits for its answer. */
export async function invokeFunction(clients: Clients, functionName: string, event: unknown): Promise<FunctionAnswer> {
  const { InvokeCommand } = await import("@aws-sdk/client-lambda");
  const answer = await (await clients.lambda()).send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)), LogType: "Tail" }));
  const logTail = Buffer.from(answer.LogResult ?? "", "base64").toString("utf8");
  const billed = /Billed Duration: (\d+) ms/.exec(logTail)?.[1];
  return {
    payload: JSON.parse(answer.Payload?.transformToString() ?? "null") as unknown,
    error: answer.FunctionError, logTail, billedSeconds: Number(billed ?? 0) / 1000,
  };
}
