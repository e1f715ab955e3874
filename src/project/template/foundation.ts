import { namesOf, type ProjectPlace } from "../names.ts";
import type { Project } from "../schema.ts";
import { attribute, ref, roleFor, sub, type Template } from "./template.ts";

/** What training needs before it can begin: the bucket, and a role that reaches that bucket and its own logs. */
export function foundationTemplate(project: Project, place: ProjectPlace): Template {
  const names = namesOf(project.name, place);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Data and training role of ${project.name}`,
    Resources: {
      Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: names.bucket } },
      TrainingRole: roleFor("sagemaker.amazonaws.com", {
        name: names.trainingRole,
        statements: [
          { actions: ["s3:ListBucket"], resources: [sub("arn:aws:s3:::${Bucket}")] },
          { actions: ["s3:GetObject"], resources: [sub("arn:aws:s3:::${Bucket}/*")] },
          { actions: ["s3:PutObject"], resources: [sub("arn:aws:s3:::${Bucket}/training/*")] },
          {
            actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            resources: [sub("arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/sagemaker/TrainingJobs"), sub("arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/sagemaker/TrainingJobs:*")],
          },
          { actions: ["cloudwatch:PutMetricData"], resources: ["*"], conditions: { StringEquals: { "cloudwatch:namespace": "/aws/sagemaker/TrainingJobs" } } },
        ],
      }),
    },
    Outputs: {
      BucketName: { Value: ref("Bucket") },
      TrainingRoleArn: { Value: attribute("TrainingRole", "Arn") },
    },
  };
}
