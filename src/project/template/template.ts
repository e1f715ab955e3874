/** A CloudFormation template, as far as projects need it. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html */
export interface Template {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: Value }>>;
}

export interface Resource {
  readonly Type: ResourceType;
  readonly DependsOn?: readonly string[];
  readonly Properties: Readonly<Record<string, Value>>;
}

export type ResourceType =
  | "AWS::S3::Bucket" | "AWS::IAM::Role" | "AWS::SageMaker::Model" | "AWS::SageMaker::EndpointConfig" | "AWS::SageMaker::Endpoint"
  | "AWS::Lambda::Function" | "AWS::Lambda::Url" | "AWS::Lambda::Permission";

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

export const ref = (logicalId: string): Value => ({ Ref: logicalId });
export const attribute = (logicalId: string, name: string): Value => ({ "Fn::GetAtt": [logicalId, name] });
/** Text with `${AWS::AccountId}`, `${AWS::Region}` or `${LogicalId}` in it. */
export const sub = (text: string): Value => ({ "Fn::Sub": text });

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly Value[];
  readonly conditions?: Value;
}

/** A policy document that allows what the statements say and nothing else. */
export const allowing = (statements: readonly Statement[]): Value => ({
  Version: "2012-10-17",
  Statement: statements.map(({ actions, resources, conditions }) => ({
    Effect: "Allow", Action: [...actions], Resource: [...resources], ...(conditions !== undefined && { Condition: conditions }),
  })),
});

/** A role that one service may take on. */
export const roleFor = (service: string, { name, statements }: { readonly name: string; readonly statements: readonly Statement[] }): Resource => ({
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName: name,
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    },
    Policies: [{ PolicyName: "least-privilege", PolicyDocument: allowing(statements) }],
  },
});
