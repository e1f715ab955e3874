import { AddPermissionCommand, GetPolicyCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFunction, refusal, startLambda, type LambdaCloud } from "./support.ts";

let place: LambdaCloud;
beforeAll(async () => {
  place = await startLambda();
  await makeFunction(place, "shared", { files: { "index.js": "exports.handler = async () => 1" } });
});
afterAll(() => place[Symbol.asyncDispose]());

const ARN = "arn:aws:lambda:us-east-1:000000000000:function:shared";

test("permissions become statements of the function's policy and are taken back", async () => {
  const { lambda } = place;
  expect(await refusal(lambda.send(new GetPolicyCommand({ FunctionName: "shared" })))).toMatchObject({ name: "ResourceNotFoundException", message: "The resource you requested does not exist." });
  const added = await lambda.send(new AddPermissionCommand({
    FunctionName: "shared", StatementId: "from-s3", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::pictures", SourceAccount: "000000000000",
  }));
  const statement = {
    Sid: "from-s3", Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "lambda:InvokeFunction", Resource: ARN,
    Condition: { StringEquals: { "AWS:SourceAccount": "000000000000" }, ArnLike: { "AWS:SourceArn": "arn:aws:s3:::pictures" } },
  };
  expect(JSON.parse(added.Statement ?? "")).toEqual(statement);
  const { Policy, RevisionId } = await lambda.send(new GetPolicyCommand({ FunctionName: "shared" }));
  expect(JSON.parse(Policy ?? "")).toEqual({ Version: "2012-10-17", Id: "default", Statement: [statement] });

  expect(await refusal(lambda.send(new AddPermissionCommand({ FunctionName: "shared", StatementId: "from-s3", Action: "lambda:InvokeFunction", Principal: "*" })))).toMatchObject({
    name: "ResourceConflictException", message: "The statement id (from-s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
  });
  expect(await refusal(lambda.send(new RemovePermissionCommand({ FunctionName: "shared", StatementId: "other" })))).toMatchObject({ name: "ResourceNotFoundException", message: "Statement other is not found in resource policy." });
  expect(await refusal(lambda.send(new RemovePermissionCommand({ FunctionName: "shared", StatementId: "from-s3", RevisionId: "stale" })))).toMatchObject({ name: "PreconditionFailedException" });
  await lambda.send(new RemovePermissionCommand({ FunctionName: "shared", StatementId: "from-s3", ...(RevisionId === undefined ? {} : { RevisionId }) }));
  expect(await refusal(lambda.send(new GetPolicyCommand({ FunctionName: "shared" })))).toMatchObject({ name: "ResourceNotFoundException" });
});

test("an account becomes its root's ARN", async () => {
  const { Statement } = await place.lambda.send(new AddPermissionCommand({ FunctionName: ARN, StatementId: "account", Action: "lambda:InvokeFunction", Principal: "111122223333" }));
  expect(JSON.parse(Statement ?? "")).toMatchObject({ Principal: { AWS: "arn:aws:iam::111122223333:root" } });
});
