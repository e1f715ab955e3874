import { execFileSync } from "node:child_process";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateNotebookInstanceCommand, CreatePresignedNotebookInstanceUrlCommand, DescribeNotebookInstanceCommand, SageMakerClient,
  type CreateNotebookInstanceCommandInput, type DescribeNotebookInstanceCommandOutput,
} from "@aws-sdk/client-sagemaker";
import { expect } from "vitest";
import type { ClientSettings, TestCloud } from "../../../support/cloud.ts";
import { makeRole } from "../../../support/roles.ts";

/** The Python that has JupyterLab; undefined where there is none. In CI there must be one. */
export function jupyterPython(): string | undefined {
  const command = process.env["SAGEBRUSH_JUPYTER_PYTHON"] ?? "/usr/bin/python3";
  try {
    execFileSync(command, ["-c", "import jupyterlab, ipykernel"], { stdio: "ignore" });
    return command;
  } catch {
    if (process.env["CI"] !== undefined) throw new Error(`${command} has no jupyterlab: .ci/run installs it and names it in SAGEBRUSH_JUPYTER_PYTHON`);
    return undefined;
  }
}

export interface Notebooks {
  readonly sagemaker: SageMakerClient;
  readonly roleArn: string;
  create(change?: Partial<CreateNotebookInstanceCommandInput>): Promise<void>;
  describe(name?: string): Promise<DescribeNotebookInstanceCommandOutput>;
  until(status: string, name?: string): Promise<DescribeNotebookInstanceCommandOutput>;
  /** A session with it, by a link. */
  open(name?: string): Promise<Session>;
  lines(stream: string): Promise<readonly string[]>;
}

export interface Session {
  readonly base: string;
  readonly cookie: string;
}

const NAME = "nb";

/** A role for notebook instances, and what is done with them. */
export async function notebooks(cloud: { readonly client: ClientSettings }, { actions = ["s3:*", "logs:*", "sagemaker:*", "iam:PassRole", "sts:*"] }: { readonly actions?: readonly string[] } = {}): Promise<Notebooks> {
  await makeRole(cloud as TestCloud, { name: "notebook", service: "sagemaker.amazonaws.com", actions });
  return notebooksAgain(cloud);
}

/** The same where the role is there already: after the server was started again. */
export function notebooksAgain(cloud: { readonly client: ClientSettings }): Notebooks {
  const sagemaker = new SageMakerClient(cloud.client);
  const roleArn = "arn:aws:iam::000000000000:role/notebook";
  const describe: Notebooks["describe"] = (name = NAME) => sagemaker.send(new DescribeNotebookInstanceCommand({ NotebookInstanceName: name }));
  return {
    sagemaker, roleArn, describe,
    create: async (change = {}) => void (await sagemaker.send(new CreateNotebookInstanceCommand({ NotebookInstanceName: NAME, InstanceType: "ml.t3.medium", RoleArn: roleArn, ...change }))),
    until: async (status, name) => {
      await expect.poll(async () => {
        const { NotebookInstanceStatus: now, FailureReason: reason } = await describe(name);
        return now === "Failed" && status !== "Failed" ? reason : now;
      }, { timeout: 60_000, interval: 100 }).toBe(status);
      return describe(name);
    },
    open: async (name = NAME) => {
      const { AuthorizedUrl = "" } = await sagemaker.send(new CreatePresignedNotebookInstanceUrlCommand({ NotebookInstanceName: name }));
      const answer = await fetch(AuthorizedUrl, { redirect: "manual" });
      return { base: new URL(AuthorizedUrl).origin, cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
    },
    lines: async (stream) => {
      const { events = [] } = await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/NotebookInstances", logStreamNames: [stream] }));
      return events.map(({ message = "" }) => message);
    },
  };
}

/** What a cell has printed, or "died" when its kernel did. */
export async function runCell({ base, cookie }: Session, code: string): Promise<string> {
  const { id } = (await (await fetch(`${base}/api/kernels`, { method: "POST", headers: { cookie } })).json()) as { readonly id: string };
  // Node's WebSocket takes headers; the type, which is the browser's, does not know.
  const socket = new WebSocket(`${base.replace("http", "ws")}/api/kernels/${id}/channels`, { headers: { cookie } } as unknown as string[]);
  const text: string[] = [];
  try {
    return await new Promise((resolve, reject) => {
      const session = "00000000-0000-0000-0000-000000000001";
      const header = { msg_id: "cell", msg_type: "execute_request", username: "", session, date: new Date(0).toISOString(), version: "5.3" };
      socket.addEventListener("error", () => reject(new Error("the websocket broke")));
      socket.addEventListener("close", () => reject(new Error("the websocket was closed")));
      socket.addEventListener("open", () => socket.send(JSON.stringify({
        channel: "shell", header, parent_header: {}, metadata: {}, buffers: [],
        content: { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false, stop_on_error: true },
      })));
      socket.addEventListener("message", ({ data }) => {
        const message = JSON.parse(String(data)) as { readonly msg_type?: string; readonly header?: { readonly msg_type: string }; readonly parent_header?: { readonly msg_id?: string }; readonly content: { readonly text?: string; readonly traceback?: readonly string[]; readonly execution_state?: string } };
        const type = message.header?.msg_type ?? message.msg_type;
        if (type === "stream") text.push(message.content.text ?? "");
        if (type === "error") text.push((message.content.traceback ?? []).join("\n"));
        if (type === "status" && ["restarting", "autorestarting", "dead"].includes(message.content.execution_state ?? "")) resolve("died");
        if (type === "execute_reply" && message.parent_header?.msg_id === "cell") setTimeout(() => resolve(text.join("")), 100);
      });
    });
  } finally {
    socket.close();
    await fetch(`${base}/api/kernels/${id}`, { method: "DELETE", headers: { cookie } });
  }
}
