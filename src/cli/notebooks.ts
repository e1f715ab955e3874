import type { DescribeNotebookInstanceCommandOutput, _InstanceType } from "@aws-sdk/client-sagemaker";
import type { Clients } from "../sdk/clients.ts";
import type { ProjectPlace } from "../project/names.ts";
import { CommandError } from "./target.ts";

/** Read by the local server (`services/sagemaker/notebook/life.ts`), which stops a notebook instance that is idle. */
const IDLE_TAG = "sagebrush:idle-stop-minutes";
const ROLE = "sagebrush-notebook";
const POLICY = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess";
const ASK_EVERY = 500;

export interface NotebookPlan {
  readonly name: string;
  readonly type: string | undefined;
  readonly role: string | undefined;
  /** 0: never; undefined: as it is. */
  readonly idleMinutes: number | undefined;
  readonly place: ProjectPlace;
  readonly aws: boolean;
}

export interface StartedNotebook {
  readonly type: string;
  readonly url: string;
  readonly idleMinutes: number | undefined;
}

/** `30m`, `2h` or `off` as minutes. */
export function requireMinutes(text: string): number {
  if (text === "off") return 0;
  const [, number = "", unit] = /^([1-9]\d{0,3})(m|h)$/.exec(text) ?? [];
  if (number === "") throw new CommandError(`--idle-stop ${text}: must be a time such as 30m or 2h, or off`);
  return Number(number) * (unit === "h" ? 60 : 1);
}

const describe = async (clients: Clients, name: string): Promise<DescribeNotebookInstanceCommandOutput | undefined> => {
  const { DescribeNotebookInstanceCommand } = await import("@aws-sdk/client-sagemaker");
  try {
    return await (await clients.sagemaker()).send(new DescribeNotebookInstanceCommand({ NotebookInstanceName: name }));
  } catch (error) {
    if ((error as Error).message === "RecordNotFound") return undefined;
    throw error;
  }
};

/** Waits out a state that passes by itself. */
async function until(clients: Clients, name: string, passing: readonly string[]): Promise<DescribeNotebookInstanceCommandOutput | undefined> {
  for (;;) {
    const found = await describe(clients, name);
    if (found === undefined || !passing.includes(String(found.NotebookInstanceStatus))) return found;
    await clients.pause(ASK_EVERY);
  }
}

const PASSING = ["Pending", "Stopping", "Updating", "Deleting"];

/** Makes a notebook instance, or starts the one that is there; gives a link that opens it. */
export async function startNotebook(clients: Clients, plan: NotebookPlan): Promise<StartedNotebook> {
  const { name, type, idleMinutes } = plan;
  if (plan.aws && idleMinutes !== undefined) throw new CommandError("--idle-stop: AWS stops no notebook instance by itself; its pages show a lifecycle configuration that does.");
  const { CreatePresignedNotebookInstanceUrlCommand, StartNotebookInstanceCommand, UpdateNotebookInstanceCommand } = await import("@aws-sdk/client-sagemaker");
  const sagemaker = await clients.sagemaker();
  const found = await until(clients, name, PASSING);
  if (found === undefined) await create(clients, plan);
  else if (found.NotebookInstanceStatus === "InService") {
    if (type !== undefined && type !== found.InstanceType) throw new CommandError(`${name} is running on ${found.InstanceType ?? ""}: sagebrush notebook stop --name ${name} first.`);
  } else {
    if (type !== undefined && type !== found.InstanceType) await sagemaker.send(new UpdateNotebookInstanceCommand({ NotebookInstanceName: name, InstanceType: type as _InstanceType }));
    await until(clients, name, PASSING);
    await sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: name }));
  }
  const running = await until(clients, name, PASSING);
  if (running?.NotebookInstanceStatus !== "InService") throw new CommandError(`${name} did not start: ${running?.FailureReason ?? "it is gone"}`);
  const idle = await tagIdle(clients, running.NotebookInstanceArn ?? "", idleMinutes);
  const { AuthorizedUrl = "" } = await sagemaker.send(new CreatePresignedNotebookInstanceUrlCommand({ NotebookInstanceName: name }));
  return { type: running.InstanceType ?? "", url: AuthorizedUrl, idleMinutes: idle };
}

async function create(clients: Clients, { name, type = "ml.t3.medium", role, place }: NotebookPlan): Promise<void> {
  const { CreateNotebookInstanceCommand } = await import("@aws-sdk/client-sagemaker");
  const RoleArn = role ?? await ownRole(clients, place);
  await (await clients.sagemaker()).send(new CreateNotebookInstanceCommand({ NotebookInstanceName: name, InstanceType: type as _InstanceType, RoleArn }));
}

/** A role that SageMaker takes on, with AWS's own policy for it. */
async function ownRole(clients: Clients, { account }: ProjectPlace): Promise<string> {
  const { AttachRolePolicyCommand, CreateRoleCommand } = await import("@aws-sdk/client-iam");
  const iam = await clients.iam();
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" }] };
  try {
    await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  } catch (error) {
    if ((error as Error).name !== "EntityAlreadyExistsException") throw error;
  }
  await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn: POLICY }));
  return `arn:aws:iam::${account}:role/${ROLE}`;
}

/** Sets the tag where something was asked for; gives what holds now. */
async function tagIdle(clients: Clients, arn: string, minutes: number | undefined): Promise<number | undefined> {
  const { AddTagsCommand, DeleteTagsCommand, ListTagsCommand } = await import("@aws-sdk/client-sagemaker");
  const sagemaker = await clients.sagemaker();
  if (minutes === 0) await sagemaker.send(new DeleteTagsCommand({ ResourceArn: arn, TagKeys: [IDLE_TAG] }));
  else if (minutes !== undefined) await sagemaker.send(new AddTagsCommand({ ResourceArn: arn, Tags: [{ Key: IDLE_TAG, Value: String(minutes) }] }));
  const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn }));
  const value = Tags.find(({ Key }) => Key === IDLE_TAG)?.Value;
  return value === undefined ? undefined : Number(value);
}

/** Ends one and waits for its end. One that is stopped already stays so. */
export async function stopNotebook(clients: Clients, name: string): Promise<void> {
  const { StopNotebookInstanceCommand } = await import("@aws-sdk/client-sagemaker");
  const found = await until(clients, name, PASSING);
  if (found === undefined) throw new CommandError(`There is no notebook instance ${name}.`);
  if (found.NotebookInstanceStatus === "InService") await (await clients.sagemaker()).send(new StopNotebookInstanceCommand({ NotebookInstanceName: name }));
  await until(clients, name, PASSING);
}

export interface ListedNotebook {
  readonly name: string;
  readonly status: string;
  readonly type: string;
  /** Why it failed, or what was found while it ran. */
  readonly reason: string | undefined;
}

/** Every notebook instance, with what is to be said of it. */
export async function listNotebooks(clients: Clients): Promise<readonly ListedNotebook[]> {
  const { paginateListNotebookInstances } = await import("@aws-sdk/client-sagemaker");
  const all: ListedNotebook[] = [];
  for await (const { NotebookInstances = [] } of paginateListNotebookInstances({ client: await clients.sagemaker() }, { SortBy: "Name", SortOrder: "Ascending" })) {
    for (const { NotebookInstanceName: name = "" } of NotebookInstances) {
      const found = await describe(clients, name);
      if (found !== undefined) all.push({ name, status: String(found.NotebookInstanceStatus), type: found.InstanceType ?? "", reason: found.FailureReason });
    }
  }
  return all;
}
