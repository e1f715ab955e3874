import type { Random } from "../../../src/shared/random.ts";

/** Cases that are likely to meet: few names, many forms. */
export interface GeneratedCase {
  readonly principal: { readonly kind: "user" | "role-session" | "root"; readonly account: string };
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, string | string[]>>;
  readonly identity: readonly object[];
  readonly boundary: object | undefined;
  readonly resourcePolicy: object | undefined;
}

export const OWN = "111111111111";
export const OTHER = "222222222222";
export const USER = `arn:aws:iam::${OWN}:user/team/ann`;
export const ROLE = `arn:aws:iam::${OWN}:role/Reader`;
export const SESSION = `arn:aws:sts::${OWN}:assumed-role/Reader/s1`;

export function generateCase(random: Random): GeneratedCase {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)] as T;
  const chance = (likely: number): boolean => random.fraction() < likely;
  const some = <T>(list: readonly T[]): T | T[] => (chance(0.4) ? pick(list) : Array.from({ length: 1 + Math.floor(random.fraction() * 3) }, () => pick(list)));

  const actions = ["s3:GetObject", "s3:*", "s3:Get*", "S3:getobject", "*", "s3:PutObject", "s3:?etObject", "s3:G*t", "sagemaker:InvokeEndpoint", "sagemaker:Invoke*"];
  const resources = [
    "*", "arn:aws:s3:::photos/*", "arn:aws:s3:::photos/ann/a.jpg", "arn:aws:s3:::photos/${aws:username}/*", "arn:aws:s3:::p?otos/*.jpg",
    "arn:aws:s3:::*", "arn:*:s3:::photos/a*", "arn:aws:s3:::other/*", "arn:aws:s3:::photos/${aws:PrincipalTag/team, 'ann'}/*",
    `arn:aws:sagemaker:*:${OWN}:endpoint/*`, `arn:aws:sagemaker:us-*:*:endpoint/dogs`, "arn:aws:s3:::photos/${*}", "arn:aws:s3:::photos/${aws:PrincipalTag/none}*",
  ];
  const conditions = (): object => {
    const tests: readonly (readonly [string, readonly string[], readonly (string | string[])[]])[] = [
      ["String", ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"], ["ann", "Ann", "a*", "b?b", ["ann", "bob"], "${aws:username}", "*", ["x", "y"]]],
      ["Numeric", ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"], ["5", "10", ["5", "7"], "3.5", "zero"]],
      ["Date", ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"], ["2024-06-01T00:00:00Z", "2025-01-01", ["2023-01-01T00:00:00Z", "2026-01-01T10:00:00Z"]]],
      ["", ["Bool"], ["true", "false", "TRUE"]],
      ["", ["IpAddress", "NotIpAddress"], ["10.0.0.0/8", ["192.168.1.1", "2001:db8::/32"], "10.1.2.3/32", "nonsense"]],
      ["Arn", ["Equals", "Like", "NotEquals", "NotLike"], [`arn:aws:iam::${OWN}:role/*`, USER, ROLE, `arn:aws:*::${OWN}:*`, "arn:aws:iam::*:user/team/${aws:username}"]],
      ["", ["Null"], ["true", "false"]],
    ];
    const keys: Readonly<Record<string, readonly string[]>> = {
      String: ["aws:username", "aws:PrincipalTag/team", "aws:PrincipalTag/unit", "aws:TagKeys", "AWS:USERNAME"],
      Numeric: ["aws:MultiFactorAuthAge"], Date: ["aws:CurrentTime", "aws:TokenIssueTime"], Bool: ["aws:SecureTransport", "aws:ViaAWSService"],
      IpAddress: ["aws:SourceIp"], NotIpAddress: ["aws:SourceIp"], Arn: ["aws:PrincipalArn", "aws:SourceArn"], Null: ["aws:PrincipalTag/unit", "aws:TokenIssueTime", "aws:TagKeys"],
    };
    const [family, operators, values] = pick(tests);
    const operator = pick(operators);
    const name = `${family}${operator}`;
    const set = name !== "Null" && chance(0.25) ? pick(["ForAnyValue:", "ForAllValues:"]) : "";
    const ifExists = name !== "Null" && set === "" && chance(0.25) ? "IfExists" : "";
    return { [`${set}${name}${ifExists}`]: { [pick(keys[family === "" ? operator : family] ?? [])]: pick(values) } };
  };
  const statement = (): Record<string, unknown> => ({
    Effect: chance(0.75) ? "Allow" : "Deny",
    ...(chance(0.85) ? { Action: some(actions) } : { NotAction: some(actions.slice(3)) }),
    ...(chance(0.85) ? { Resource: some(resources) } : { NotResource: some(resources.slice(1)) }),
    ...(chance(0.5) ? { Condition: chance(0.2) ? { ...conditions(), ...conditions() } : conditions() } : {}),
  });
  const policy = (of: () => Record<string, unknown>): object => ({
    ...(chance(0.85) ? { Version: "2012-10-17" } : { Version: "2008-10-17" }),
    Statement: chance(0.3) ? of() : Array.from({ length: 1 + Math.floor(random.fraction() * 2) }, of),
  });
  const principals = ["*", { AWS: "*" }, { AWS: OWN }, { AWS: `arn:aws:iam::${OWN}:root` }, { AWS: USER }, { AWS: [ROLE, USER] }, { AWS: SESSION }, { AWS: OTHER }, { Service: "lambda.amazonaws.com" }];
  const kind = pick(["user", "user", "role-session", "role-session", "root"] as const);
  const [action, resource] = pick([
    ["s3:GetObject", "arn:aws:s3:::photos/ann/a.jpg"], ["s3:GetObject", "arn:aws:s3:::photos/bob/b.jpg"], ["s3:PutObject", "arn:aws:s3:::photos/ann/a.jpg"],
    ["sagemaker:InvokeEndpoint", `arn:aws:sagemaker:us-east-1:${OWN}:endpoint/dogs`],
  ] as const);
  return {
    principal: { kind, account: OWN },
    action,
    resource,
    resourceAccount: chance(0.75) || action.startsWith("sagemaker") ? OWN : OTHER,
    context: {
      "aws:PrincipalArn": kind === "user" ? USER : kind === "root" ? `arn:aws:iam::${OWN}:root` : ROLE,
      "aws:SecureTransport": pick(["true", "false"]),
      "aws:CurrentTime": "2025-01-01T00:00:00Z",
      "aws:SourceIp": pick(["10.1.2.3", "192.168.1.1", "2001:db8::5", "8.8.8.8"]),
      ...(kind === "user" ? { "aws:username": "ann" } : {}),
      ...(kind === "role-session" ? { "aws:TokenIssueTime": "2024-06-01T00:00:00Z" } : {}),
      ...(chance(0.5) ? { "aws:PrincipalTag/team": pick(["ann", "bob", "a*"]) } : {}),
      ...(chance(0.5) ? { "aws:PrincipalTag/unit": pick(["ann", "bob", "x"]) } : {}),
      ...(chance(0.5) ? { "aws:MultiFactorAuthAge": pick(["5", "7", "10", "100"]) } : {}),
      ...(chance(0.5) ? { "aws:TagKeys": pick([["x"], ["x", "y"], ["ann", "z"]]) } : {}),
      ...(chance(0.3) ? { "aws:SourceArn": pick([USER, `arn:aws:iam::${OWN}:role/x`]) } : {}),
      ...(chance(0.3) ? { "aws:ViaAWSService": "false" } : {}),
    },
    identity: kind === "root" ? [] : Array.from({ length: Math.floor(random.fraction() * 3) }, () => policy(statement)),
    boundary: kind !== "root" && chance(0.25) ? policy(statement) : undefined,
    resourcePolicy: chance(0.45)
      ? policy(() => ({ ...statement(), ...(chance(0.92) ? { Principal: pick(principals) } : { NotPrincipal: pick(principals.slice(2)) }) }))
      : undefined,
  };
}
