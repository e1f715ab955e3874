import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineCommand } from "citty";
import { startCloud, type Cloud } from "../../cloud/start.ts";
import { DEFAULT_PORT } from "../../cloud/options.ts";
import type { UpResult } from "../../project/up.ts";
import { createClients } from "../../sdk/clients.ts";
import { streamLog } from "../../shared/log.ts";
import { print, tell } from "../output.ts";
import { runUp } from "../run-up.ts";
import { untilAskedToStop } from "../signals.ts";
import { answerLines, costLines, evaluationLines, hasFailed } from "../summary.ts";
import { DEFAULT_DATA, DEFAULT_ENDPOINT } from "../target.ts";

/** Only a clone carries the example. */
const EXAMPLE = fileURLToPath(new URL("../../../examples/dog-breeds", import.meta.url));

export const start = defineCommand({
  meta: { name: "start", description: "Start the cloud, bring the example up on it, and keep serving" },
  args: {
    once: { type: "boolean", description: "End when the answer is there", default: false },
    port: { type: "string", description: "Port to listen on; 0 takes a free one", default: String(DEFAULT_PORT) },
    data: { type: "string", description: "Folder that keeps everything", default: DEFAULT_DATA },
    project: { type: "string", description: "The project's folder", default: existsSync(EXAMPLE) ? EXAMPLE : "." },
  },
  async run({ args }) {
    const cloud = await startCloud({ port: Number(args.port), data: args.data }, { log: streamLog() });
    try {
      tell(`Sagebrush serves at ${cloud.endpoint}. Bringing up ${relative(process.cwd(), args.project) || "this project"}:`);
      const { accessKeyId, secretAccessKey } = cloud.rootKeys;
      const clients = createClients({ endpoint: cloud.endpoint, region: cloud.options.region, credentials: { accessKeyId, secretAccessKey } });
      const { loaded, result } = await runUp(clients, { projectPath: args.project, data: args.data });
      if (hasFailed(result.answer)) process.exitCode = 1;
      const lines = [...evaluationLines(result.evaluation), "", ...answerLines(result), "", ...costLines(result, loaded.project), "", ...enforcedLines(cloud), "", ...nextLines(cloud, result)];
      for (const line of ["", ...lines]) print(line);
      if (args.once) {
        print("\nThis server ends now, as --once asks; without --once it keeps serving.");
        return;
      }
      print("\nServing. Ctrl-C ends it; what was made stays in the data folder.");
      await untilAskedToStop();
    } finally {
      await cloud.stop();
    }
  },
});

/** What is enforced here and what is not, so that nobody has to guess. */
export const enforcedLines = ({ isolation, options }: Cloud): readonly string[] => [
  `Enforced: IAM on · signatures on · memory limits on (${isolation.memory}) · process limits ${isolation.processes === "none" ? "off" : `on (${isolation.processes})`} · network ${isolation.network} (machines are told apart by who they are, not by where) · ${options.lenient ? "lenient: what is not supported is only warned of" : "strict on: what is not supported is refused by name"}`,
  ...isolation.notes.map((note) => `  ${note}`),
];

function nextLines({ endpoint, rootKeys, options }: Cloud, { functionUrl, functionName, sample }: Pick<UpResult, "functionUrl" | "functionName" | "sample">): readonly string[] {
  const { accessKeyId, secretAccessKey } = rootKeys;
  const picture = relative(process.cwd(), sample.file);
  const elsewhere = [
    ...(endpoint === DEFAULT_ENDPOINT ? [] : [`--endpoint ${endpoint}`]),
    ...(options.dataFolder === resolve(DEFAULT_DATA) ? [] : [`--data ${relative(process.cwd(), options.dataFolder)}`]),
  ].map((flag) => ` ${flag}`).join("");
  return [
    `Address: ${endpoint}`,
    "Try next:",
    `  printf '{"image":"%s"}' "$(base64 -w0 ${picture})" | curl -s --aws-sigv4 aws:amz:${options.region}:lambda --user ${accessKeyId}:${secretAccessKey} -H 'content-type: application/json' --data-binary @- ${functionUrl}`,
    `  AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_DEFAULT_REGION=${options.region} aws --endpoint-url ${endpoint} sagemaker list-training-jobs`,
    `  npx sagebrush invoke ${functionName} --image ${picture}${elsewhere}`,
  ];
}
