import {
  CreateHyperParameterTuningJobCommand, DescribeHyperParameterTuningJobCommand, ListTrainingJobsForHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput, type DescribeHyperParameterTuningJobCommandOutput, type HyperParameterTrainingJobSummary, type HyperParameterTuningJobConfig,
} from "@aws-sdk/client-sagemaker";
import { expect } from "vitest";
import type { ClientSettings } from "../../../support/cloud.ts";
import { again, jobs, type Jobs } from "./job.ts";

/** Prints its objective, the distance of x from 3, after each of its epochs: closer with each, and at last x's own. */
export const DISTANCE = `
import { writeFileSync } from "node:fs";
const { x, epochs = 1, pause = 0 } = JSON.parse(process.env.SM_HPS);
const wait = () => new Promise((resolve) => setTimeout(resolve, Number(pause)));
for (let epoch = 1; epoch <= epochs; epoch += 1) {
  await wait();
  console.log("distance: " + (Math.abs(Number(x) - 3) + (epochs - epoch) * 0.001));
}
writeFileSync(process.env.SM_MODEL_DIR + "/x.txt", String(x));
`;

export interface Tuning extends Jobs {
  readonly request: CreateHyperParameterTuningJobCommandInput;
  /** Creates the tuning job; `config` and `change` are what a test is about. */
  tune(config?: Partial<HyperParameterTuningJobConfig>, change?: Partial<CreateHyperParameterTuningJobCommandInput>): Promise<void>;
  tuning(name?: string): Promise<DescribeHyperParameterTuningJobCommandOutput>;
  tuned(name?: string): Promise<DescribeHyperParameterTuningJobCommandOutput>;
  trials(name?: string): Promise<readonly HyperParameterTrainingJobSummary[]>;
}

const NAME = "tune-1";

const around = (all: Jobs): Tuning => {
  const { TrainingJobName: _name, HyperParameters, AlgorithmSpecification, ...training } = all.input;
  const request: CreateHyperParameterTuningJobCommandInput = {
    HyperParameterTuningJobName: NAME,
    HyperParameterTuningJobConfig: {
      Strategy: "Random", RandomSeed: 7,
      HyperParameterTuningJobObjective: { Type: "Minimize", MetricName: "distance" },
      ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2 },
      ParameterRanges: { ContinuousParameterRanges: [{ Name: "x", MinValue: "0", MaxValue: "10", ScalingType: "Linear" }] },
    },
    TrainingJobDefinition: {
      ...training,
      RoleArn: training.RoleArn, OutputDataConfig: training.OutputDataConfig, StoppingCondition: training.StoppingCondition,
      AlgorithmSpecification: { TrainingImage: AlgorithmSpecification?.TrainingImage, TrainingInputMode: "File", MetricDefinitions: [{ Name: "distance", Regex: "distance: ([0-9.]+)" }] },
      StaticHyperParameters: { ...HyperParameters },
    },
  };
  const tuning: Tuning["tuning"] = (name = NAME) => all.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
  return {
    ...all, request, tuning,
    tune: async (config = {}, change = {}) => void (await all.sagemaker.send(new CreateHyperParameterTuningJobCommand({
      ...request, HyperParameterTuningJobConfig: { ...request.HyperParameterTuningJobConfig, ...config } as HyperParameterTuningJobConfig, ...change,
    }))),
    tuned: async (name = NAME) => {
      await expect.poll(async () => (await tuning(name)).HyperParameterTuningJobStatus, { timeout: 40_000, interval: 50 }).not.toMatch(/InProgress|Stopping/);
      return tuning(name);
    },
    trials: async (name = NAME) => (await all.sagemaker.send(new ListTrainingJobsForHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name, MaxResults: 100 }))).TrainingJobSummaries ?? [],
  };
};

/** What a tuning job needs: a bucket with data and a script, and a role. */
export const tunings = async (cloud: { readonly client: ClientSettings }, script = DISTANCE): Promise<Tuning> => around(await jobs(cloud, script));

/** The same once more, after the server was started again. */
export const tuningsAgain = (cloud: { readonly client: ClientSettings }): Tuning => around(again(cloud));

/** The request's definition with other static hyperparameters. */
export const withStatic = ({ request }: Tuning, hyperparameters: Readonly<Record<string, string>>): Pick<CreateHyperParameterTuningJobCommandInput, "TrainingJobDefinition"> => {
  const { TrainingJobDefinition: definition } = request;
  if (definition === undefined) throw new Error("the request has a definition");
  return { TrainingJobDefinition: { ...definition, StaticHyperParameters: { ...definition.StaticHyperParameters, ...hyperparameters } } };
};
