import { expect, test } from "vitest";
import { orderOf } from "../../src/project/plan/references.ts";
import { compileProject } from "../../src/project/schema.ts";
import { foundationTemplate } from "../../src/project/template/foundation.ts";
import { servingTemplate } from "../../src/project/template/serving.ts";

const PLACE = { account: "000000000000", region: "us-east-1" };
const RELEASE = {
  image: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1", artifact: "s3://dogs-000000000000-us-east-1/training/job/output/model.tar.gz",
  artifactHash: "0123456789abcdef".repeat(4), functionKey: "functions/0123456789ab.zip",
};
const project = (url: "iam" | "public") => compileProject({
  name: "dogs", data: { images: "./data" },
  training: { algorithm: "image-classification", instances: { type: "ml.m5.xlarge" } },
  endpoint: { instances: { type: "ml.m5.large", min: 2 } },
  function: { handler: "./classify.ts", url },
}, "f");

// CloudFormation can take these files over as they are: a change of them is a change of what people deploy.
test("the templates are the golden ones", async () => {
  await expect(JSON.stringify(foundationTemplate(project("iam"), PLACE), undefined, 2)).toMatchFileSnapshot("goldens/foundation.json");
  await expect(JSON.stringify(servingTemplate(project("iam"), PLACE, RELEASE), undefined, 2)).toMatchFileSnapshot("goldens/serving.json");
  await expect(JSON.stringify(servingTemplate(project("public"), PLACE, RELEASE), undefined, 2)).toMatchFileSnapshot("goldens/serving-public.json");
});

test("resources come after what they refer to", () => {
  const order = orderOf(servingTemplate(project("public"), PLACE, RELEASE));
  for (const [before, after] of [["ModelRole", "Model"], ["Model", "EndpointConfig"], ["EndpointConfig", "Endpoint"], ["FunctionRole", "Function"], ["Endpoint", "Function"], ["FunctionUrl", "FunctionUrlPermission"]] as const) {
    expect(order.indexOf(before)).toBeLessThan(order.indexOf(after));
  }
});

test("the function's role may call one endpoint and write its own log, nothing else", () => {
  const { Resources } = servingTemplate(project("iam"), PLACE, RELEASE);
  const policies = (Resources["FunctionRole"]?.Properties["Policies"] ?? []) as unknown as { PolicyDocument: { Statement: { Action: string[]; Resource: unknown[] }[] } }[];
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  expect(statements.flatMap(({ Action }) => Action)).toEqual(["sagemaker:InvokeEndpoint", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
  expect(statements[0]?.Resource).toEqual([{ "Fn::Sub": "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint/dogs" }]);
});
