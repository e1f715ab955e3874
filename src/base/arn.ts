/** The parts of an Amazon Resource Name. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

export const formatArn = (arn: Omit<Arn, "partition">): string =>
  `arn:aws:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`;

/** Parses an ARN; undefined when the text is not one (fewer than six parts, or not beginning with `arn:`). */
export function parseArn(text: string): Arn | undefined {
  const parts = text.split(":");
  if (parts.length < 6 || parts[0] !== "arn") return undefined;
  const [, partition = "", service = "", region = "", account = "", ...rest] = parts;
  return { partition, service, region, account, resource: rest.join(":") };
}
