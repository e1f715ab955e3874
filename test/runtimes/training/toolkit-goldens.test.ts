import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scriptArguments, splitHyperparameters } from "../../../src/runtimes/training/hyperparameters.ts";
import { inputDataConfig, layOut } from "../../../src/runtimes/training/layout.ts";
import { toolkitVariables } from "../../../src/runtimes/training/script-variables.ts";
import type { TrainingProgram } from "../../../src/runtimes/training/index.ts";

/** Made by scripts/toolkit-goldens/training.py with the class that AWS's containers use. */
interface Case {
  readonly name: string;
  readonly jobName: string;
  readonly cpus: number;
  readonly gpus: number;
  readonly config: {
    readonly hyperparameters: Readonly<Record<string, string>>;
    readonly inputdataconfig: Readonly<Record<string, { readonly ContentType?: string; readonly RecordWrapperType: string; readonly S3DistributionType: string; readonly TrainingInputMode: string }>>;
    readonly resourceconfig: {
      readonly current_host: string; readonly current_instance_type: string; readonly hosts: readonly string[];
      readonly instance_groups: readonly { readonly hosts: readonly string[]; readonly instance_group_name: string; readonly instance_type: string }[];
    };
  };
}

interface Golden {
  readonly variables: Readonly<Record<string, string>>;
  readonly arguments: readonly string[];
}

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../../goldens/training-toolkit/${name}.json`, import.meta.url), "utf8")) as T;
const goldens = read<Readonly<Record<string, Golden>>>("goldens");

function programOf({ jobName, config: { hyperparameters, inputdataconfig, resourceconfig } }: Case, mlFolder: string): TrainingProgram {
  const groups = resourceconfig.instance_groups.map((group) => ({ name: group.instance_group_name, instanceType: group.instance_type, hosts: group.hosts, masterPort: 7777 }));
  return {
    image: "pytorch-training", jobName, jobArn: "arn", region: "us-east-1", instanceType: resourceconfig.current_instance_type, hyperparameters, environment: {}, mlFolder,
    cluster: { current: resourceconfig.current_host, hosts: resourceconfig.hosts.map((name) => ({ name, address: "127.0.0.1" })), masterPort: 7777, ...(groups.length > 1 && { groups }) },
    channels: Object.entries(inputdataconfig).map(([name, channel]) => ({
      name, contentType: channel.ContentType, inputMode: channel.TrainingInputMode, distribution: channel.S3DistributionType, recordWrapper: channel.RecordWrapperType,
    })),
    cloud: undefined, sourceArchive: undefined, onLine: () => Promise.resolve(),
  };
}

test("a FastFile channel is told as File, as AWS's pages say", () => {
  expect(inputDataConfig([{ name: "train", contentType: undefined, inputMode: "FastFile" }])).toMatchObject({ train: { TrainingInputMode: "File" } });
});

test.each(read<readonly Case[]>("cases"))("$name: every variable and argument is the one of AWS's own toolkit, and the files it reads are these", async (each) => {
  const program = programOf(each, await mkdtemp(join(tmpdir(), "sagebrush-layout-")));
  await layOut(program);
  const written = Object.fromEntries(Object.keys(each.config).map((name) => [name, JSON.parse(readFileSync(join(program.mlFolder, "input/config", `${name}.json`), "utf8")) as unknown]));
  expect(written).toEqual(each.config);

  const parameters = splitHyperparameters(program.hyperparameters);
  const golden = goldens[each.name];
  expect(toolkitVariables(program, parameters, { root: "/opt/ml", vcpus: each.cpus, gpus: each.gpus })).toEqual(golden?.variables);
  expect(scriptArguments(parameters.own)).toEqual(golden?.arguments);
});
