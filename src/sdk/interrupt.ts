import type { Clients } from "./clients.ts";

/** Takes the spot instances of a training job away. The local cloud's alone: AWS has no such operation. Throws with the server's own sentence. */
export async function interruptTrainingJob(clients: Clients, jobName: string): Promise<void> {
  const { StopTrainingJobCommand } = await import("@aws-sdk/client-sagemaker");
  const command = new StopTrainingJobCommand({ TrainingJobName: jobName });
  // The same name, signed in the same way, to another address.
  command.middlewareStack.add((next) => (args) => {
    (args.request as { path: string }).path = "/_sagebrush/interrupt-training-job";
    return next(args);
  }, { step: "build", name: "sagebrushInterruption" });
  await (await clients.sagemaker()).send(command);
}
