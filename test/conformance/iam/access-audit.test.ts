import { expect, test } from "vitest";
import { createAccessAudit } from "../../support/access-audit.ts";

const audit = async (action: string, resource: string, key?: string): Promise<void> => {
  const { observe, check } = createAccessAudit();
  observe({ action, resource, ...(key === undefined ? {} : { conditions: { [key]: "x" } }) });
  await check();
};

test("questions about things that AWS knows pass", async () => {
  await audit("s3:GetObject", "arn:aws:s3:::photos/a/b:c.jpg");
  await audit("s3:ListAllMyBuckets", "*");
  await audit("sagemaker:InvokeEndpoint", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/dogs");
  await audit("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f:log-stream:2026/11/21/[$LATEST]x");
  await audit("iam:PassRole", "arn:aws:iam::123456789012:role/r", "iam:PassedToService");
  await audit("s3:GetObject", "arn:aws:s3:::photos/a", "s3:ExistingObjectTag/team");
  await audit("iam:ListRoles", "arn:aws:iam::123456789012:role/");
});

test("questions that no policy of AWS's could answer are found", async () => {
  await expect(audit("s3:GetObjects", "arn:aws:s3:::photos/a")).rejects.toThrow("s3:GetObjects: no such action");
  await expect(audit("s3:GetObject", "arn:aws:s3:::photos")).rejects.toThrow("s3:GetObject on arn:aws:s3:::photos: not one of");
  await expect(audit("sagemaker:InvokeEndpoint", "*")).rejects.toThrow("not one of");
  await expect(audit("sagemaker:InvokeEndpoint", "arn:aws:sagemaker:us-east-1:123456789012:model/dogs")).rejects.toThrow("not one of");
  await expect(audit("iam:PassRole", "arn:aws:iam::123456789012:role/r", "iam:PassedTo")).rejects.toThrow("no such condition key as iam:PassedTo");
  await expect(audit("s3:ListAllMyBuckets", "arn:aws:s3:::photos")).rejects.toThrow("no resource types");
});
