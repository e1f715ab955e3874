import { namesOf, shortHash, type ProjectPlace } from "../names.ts";
import type { Project } from "../schema.ts";
import { attribute, ref, roleFor, sub, type Resource, type Template } from "./template.ts";

/** What a trained, checked artifact adds to the project. */
export interface Release {
  readonly image: string;
  /** `s3://…/model.tar.gz` */
  readonly artifact: string;
  /** Hash of the artifact: names of model and endpoint configuration end in it, since both cannot be changed. */
  readonly artifactHash: string;
  /** Key of the function's archive in the project's bucket. */
  readonly functionKey: string;
}

/** Model, endpoint and the function in front of it, each role as narrow as its work. */
export function servingTemplate(project: Project, place: ProjectPlace, release: Release): Template {
  const names = namesOf(project.name, place);
  const { instances } = project.endpoint;
  const version = shortHash(release.artifactHash);
  const setup = `${version}-${instances.type.replaceAll(".", "-")}-${instances.min}`;
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Endpoint and function of ${project.name}`,
    Resources: {
      ModelRole: modelRole(names, release),
      Model: {
        Type: "AWS::SageMaker::Model",
        Properties: {
          ModelName: `${project.name}-${version}`,
          ExecutionRoleArn: attribute("ModelRole", "Arn"),
          PrimaryContainer: { Image: release.image, ModelDataUrl: release.artifact },
        },
      },
      EndpointConfig: {
        Type: "AWS::SageMaker::EndpointConfig",
        Properties: {
          EndpointConfigName: `${project.name}-${setup}`,
          ProductionVariants: [{
            VariantName: "AllTraffic", ModelName: attribute("Model", "ModelName"),
            InstanceType: instances.type, InitialInstanceCount: instances.min, InitialVariantWeight: 1,
          }],
        },
      },
      Endpoint: {
        Type: "AWS::SageMaker::Endpoint",
        Properties: { EndpointName: names.endpoint, EndpointConfigName: attribute("EndpointConfig", "EndpointConfigName") },
      },
      FunctionRole: functionRole(names),
      ...functionResources(project, names, release),
    },
    Outputs: {
      EndpointName: { Value: attribute("Endpoint", "EndpointName") },
      FunctionName: { Value: ref("Function") },
      FunctionUrl: { Value: attribute("FunctionUrl", "FunctionUrl") },
    },
  };
}

type Names = ReturnType<typeof namesOf>;

const modelRole = (names: Names, { artifact }: Release): Resource => roleFor("sagemaker.amazonaws.com", {
  name: names.modelRole,
  statements: [
    { actions: ["s3:GetObject"], resources: [`arn:aws:s3:::${artifact.replace("s3://", "")}`] },
    logsOf(`/aws/sagemaker/Endpoints/${names.endpoint}`),
  ],
});

/** The narrow policy that nobody hands out: one action on one endpoint, and the function's own log. */
const functionRole = (names: Names): Resource => roleFor("lambda.amazonaws.com", {
  name: names.functionRole,
  statements: [
    { actions: ["sagemaker:InvokeEndpoint"], resources: [sub(`arn:aws:sagemaker:\${AWS::Region}:\${AWS::AccountId}:endpoint/${names.endpoint}`)] },
    logsOf(`/aws/lambda/${names.function}`),
  ],
});

const logsOf = (group: string) => ({
  actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
  resources: [sub(`arn:aws:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}`), sub(`arn:aws:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}:*`)],
});

function functionResources({ function: settings }: Project, names: Names, { functionKey }: Release): Readonly<Record<string, Resource>> {
  const open = settings.url === "public";
  return {
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: names.function,
        Role: attribute("FunctionRole", "Arn"),
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { S3Bucket: names.bucket, S3Key: functionKey },
        MemorySize: settings.memory,
        Timeout: settings.timeout,
        Environment: { Variables: { ...settings.environment, ENDPOINT_NAME: attribute("Endpoint", "EndpointName") } },
      },
    },
    FunctionUrl: {
      Type: "AWS::Lambda::Url",
      Properties: { TargetFunctionArn: attribute("Function", "Arn"), AuthType: open ? "NONE" : "AWS_IAM" },
    },
    ...(open && {
      FunctionUrlPermission: {
        Type: "AWS::Lambda::Permission" as const,
        DependsOn: ["FunctionUrl"],
        Properties: { FunctionName: attribute("Function", "Arn"), Action: "lambda:InvokeFunctionUrl", Principal: "*", FunctionUrlAuthType: "NONE" },
      },
      // The second permission that URLs need since October 2025: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
      InvokePermission: {
        Type: "AWS::Lambda::Permission" as const,
        DependsOn: ["FunctionUrl"],
        Properties: { FunctionName: attribute("Function", "Arn"), Action: "lambda:InvokeFunction", Principal: "*", InvokedViaFunctionUrl: true },
      },
    }),
  };
}
