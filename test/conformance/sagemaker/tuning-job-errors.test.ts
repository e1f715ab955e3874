import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { CreateHyperParameterTuningJobCommand, DescribeHyperParameterTuningJobCommand, SageMakerClient, type CreateHyperParameterTuningJobCommandInput, type HyperParameterTuningJobConfig } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { tunings, type Tuning } from "./support/tuning.ts";

type Refused = readonly [what: string, config: Partial<HyperParameterTuningJobConfig>, message: string | RegExp, change?: (all: Tuning) => Partial<CreateHyperParameterTuningJobCommandInput>];

const range = (change: object) => ({ ParameterRanges: { ContinuousParameterRanges: [{ Name: "x", MinValue: "0", MaxValue: "10", ...change }] } });

const REFUSED: readonly Refused[] = [
  ["a metric that no definition reads", { HyperParameterTuningJobObjective: { Type: "Minimize", MetricName: "loss" } }, /A metric is required for this hyperparameter tuning job objective\. Provide a metric in the metric definitions\./],
  ["no ranges", { ParameterRanges: {} }, "HyperParameterTuningJobConfig.ParameterRanges must have at least one hyperparameter range."],
  ["a range that is no number", range({ MinValue: "little" }), "The range of the hyperparameter x needs a number, not 'little'."],
  ["a range the wrong way round", range({ MinValue: "11" }), "The range of the hyperparameter x ends before it begins: MinValue 11 is greater than MaxValue 10."],
  ["a logarithm of nothing", range({ ScalingType: "Logarithmic" }), "The hyperparameter x cannot have ScalingType Logarithmic: MinValue 0 is not greater than 0."],
  ["reverse logarithms above 1", range({ ScalingType: "ReverseLogarithmic" }), "The hyperparameter x cannot have ScalingType ReverseLogarithmic: that is for continuous ranges within 0 <= x < 1."],
  ["a tuned hyperparameter that is static too", { ParameterRanges: { CategoricalParameterRanges: [{ Name: "sagemaker_program", Values: ["a"] }] } }, "The hyperparameter sagemaker_program cannot be both static and tuned."],
  ["a grid of numbers", { Strategy: "Grid" }, "Grid search takes categorical hyperparameters only; x has a range of numbers."],
  ["a grid of another size", { Strategy: "Grid", ParameterRanges: { CategoricalParameterRanges: [{ Name: "x", Values: ["1", "2"] }] } }, "MaxNumberOfTrainingJobs must be the number of combinations of a grid search, 2, or left out; it is 4."],
  ["no end", { ResourceLimits: { MaxParallelTrainingJobs: 1 } }, /would not end\.$/],
  ["too many training jobs", { Strategy: "Bayesian", ResourceLimits: { MaxParallelTrainingJobs: 1, MaxNumberOfTrainingJobs: 751 } }, "MaxNumberOfTrainingJobs is 751; a tuning job with Strategy Bayesian can have 750."],
  ["Hyperband without epochs", { Strategy: "Hyperband" }, /MaxResource must be given, or one of the static hyperparameters epochs, numepochs/],
  ["Hyperband with the median rule", { Strategy: "Hyperband", TrainingJobEarlyStoppingType: "Auto" }, /must be Off when Strategy is Hyperband/],
  ["Hyperband's settings for another strategy", { StrategyConfig: { HyperbandStrategyConfig: { MaxResource: 9 } } }, "HyperbandStrategyConfig can be given only when Strategy is Hyperband."],
  ["the detection of convergence", { TuningJobCompletionCriteria: { ConvergenceDetected: { CompleteOnConvergence: "Enabled" } } }, /TuningJobCompletionCriteria\.ConvergenceDetected is not supported by Sagebrush yet/],
  ["ranges that the service chooses", { ParameterRanges: { AutoParameters: [{ Name: "x", ValueHint: "1" }] } }, /ParameterRanges\.AutoParameters is not supported by Sagebrush yet/],
  ["Autotune", {}, /Autotune is not supported by Sagebrush yet/, () => ({ Autotune: { Mode: "Enabled" } })],
  ["no definition", {}, "TrainingJobDefinition or TrainingJobDefinitions must be given.", () => ({ TrainingJobDefinition: undefined })],
  ["an image that nobody knows", {}, /nobody\/knows/, ({ request: { TrainingJobDefinition: definition } }) => ({
    TrainingJobDefinition: { ...definition, AlgorithmSpecification: { ...definition?.AlgorithmSpecification, TrainingImage: "nobody/knows:1", TrainingInputMode: "File" } } as typeof definition,
  })],
  ["data that is not there", {}, /No S3 objects found under S3 URL "s3:\/\/jobs\/nothing\/"/, ({ request: { TrainingJobDefinition: definition } }) => ({
    TrainingJobDefinition: { ...definition, InputDataConfig: [{ ChannelName: "training", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://jobs/nothing/" } } }] } as typeof definition,
  })],
];

test("what a tuning job cannot be is refused before anything is made", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  for (const [what, config, message, change] of REFUSED) {
    const said = await all.tune(config, change?.(all)).then(() => "nothing", (error: Error) => `${error.name}: ${error.message}`);
    expect(`${what}: ${said}`).toMatch(typeof message === "string" ? `${what}: ValidationException: ${message}` : message);
  }
  await expect(all.tuning()).rejects.toMatchObject({ name: "ResourceNotFound" });
  await all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 } });
  await expect(all.tune()).rejects.toMatchObject({ name: "ResourceInUse", message: "A hyperparameter tuning job with the name, tune-1, already exists. Choose a different name." });
});

test("IAM is asked about the tuning job, its instance types and its role, and not about the training jobs that it makes", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  const statement = [
    { Effect: "Allow", Action: "sagemaker:CreateHyperParameterTuningJob", Resource: "arn:aws:sagemaker:*:*:hyper-parameter-tuning-job/tune-*", Condition: { "ForAllValues:StringEquals": { "sagemaker:InstanceTypes": ["ml.m5.large"] } } },
    { Effect: "Allow", Action: "iam:PassRole", Resource: all.request.TrainingJobDefinition?.RoleArn, Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } } },
  ];
  const iam = new IAMClient(cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "tuner" }));
  await iam.send(new PutUserPolicyCommand({ UserName: "tuner", PolicyName: "p", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statement }) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "tuner" }));
  const caller = new SageMakerClient({ ...cloud.client, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" } });
  const definition = all.request.TrainingJobDefinition;
  const create = (change: Partial<CreateHyperParameterTuningJobCommandInput>): Promise<unknown> => caller.send(new CreateHyperParameterTuningJobCommand({ ...all.request, ...change }));
  await expect(create({ HyperParameterTuningJobName: "other" })).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(create({ TrainingJobDefinition: { ...definition, ResourceConfig: { ...definition?.ResourceConfig, InstanceType: "ml.p3.2xlarge" } } as typeof definition })).rejects.toMatchObject({ name: "AccessDeniedException" });
  await create({});
  await expect(caller.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "tune-1" }))).rejects.toMatchObject({ name: "AccessDeniedException" });
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed" });
});
