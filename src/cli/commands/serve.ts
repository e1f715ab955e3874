import { defineCommand } from "citty";
import { DEFAULT_PORT } from "../../cloud/options.ts";
import { startCloud } from "../../cloud/start.ts";
import { streamLog } from "../../shared/log.ts";
import { print } from "../output.ts";
import { untilAskedToStop } from "../signals.ts";

export const serve = defineCommand({
  meta: { name: "serve", description: "Run only the cloud: the AWS API of every service on one port" },
  args: {
    port: { type: "string", description: "Port to listen on; 0 takes a free one", default: String(DEFAULT_PORT) },
    data: { type: "string", description: "Folder that keeps everything", default: ".sagebrush" },
    host: { type: "string", description: "Address to listen on; any but loopback demands --root-keys generated", default: "127.0.0.1" },
    account: { type: "string", description: "Twelve-digit account id", default: "000000000000" },
    region: { type: "string", description: "Region of requests that name none", default: "us-east-1" },
    "root-keys": { type: "string", description: "test (test/test) or generated", default: "test" },
    durability: { type: "string", description: "process: survives the process's death; full: power loss too", default: "process" },
    lenient: { type: "boolean", description: "Warn about unsupported parameters instead of refusing them", default: false },
    quotas: { type: "string", description: 'Instances in use at once, as in training=200 or "ml.m5.large for training job usage=200"; 20 of each type', default: "" },
    spot: { type: "string", description: 'Managed spot training: how often instances are taken away and for how long there are none, as in "interruptions=6/h,wait=30s,seed=1"; only on request', default: "" },
    python: { type: "string", description: "Pythons of scripts and models by image and version, as in pytorch-training:2.1=/path/to/venv/bin/python; a path alone is for all others", default: "" },
  },
  async run({ args }) {
    const cloud = await startCloud({
      port: Number(args.port), data: args.data, host: args.host, account: args.account, region: args.region,
      rootKeys: args["root-keys"] as "test" | "generated", durability: args.durability as "process" | "full", lenient: args.lenient, quotas: args.quotas, spot: args.spot, python: args.python,
    }, { log: streamLog() });
    print(`Sagebrush is ready at ${cloud.endpoint}`);
    print(`  keys     AWS_ACCESS_KEY_ID=${cloud.rootKeys.accessKeyId} AWS_SECRET_ACCESS_KEY=${cloud.rootKeys.secretAccessKey} AWS_DEFAULT_REGION=${cloud.options.region}`);
    print(`  data     ${cloud.options.dataFolder}`);
    print(`  limits   memory ${cloud.isolation.memory}, processes ${cloud.isolation.processes}, users ${cloud.isolation.identity}, files ${cloud.isolation.files}, network ${cloud.isolation.network}`);
    for (const note of cloud.isolation.notes) print(`           ${note}`);
    await untilAskedToStop();
    await cloud.stop();
  },
});
