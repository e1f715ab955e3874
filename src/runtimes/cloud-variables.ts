/** How a program on a machine reaches the cloud, as far as it may. */
export interface CloudAccess {
  readonly region: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string } | undefined;
  readonly endpoint?: string | undefined;
}

/** The variables that every AWS SDK reads. The endpoint is ours: what makes an unchanged client speak to this cloud. */
export const cloudVariables = ({ region, credentials, endpoint }: CloudAccess): Readonly<Record<string, string>> => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  ...(credentials && { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken }),
  ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }),
});
