import { servicePrincipal, type CredentialSource } from "../wire/principal.ts";
import type { ServiceCaller, ServiceDependencies } from "../wire/service.ts";

interface AssumeRoleParts {
  readonly call: ServiceCaller;
  readonly credentials: CredentialSource;
  /** The account the cloud's services act for. */
  readonly account: string;
}

/** How services take on execution roles: STS's own AssumeRole as the service's principal, so that the trust policy decides. */
export const createAssumeRole = ({ call, credentials, account }: AssumeRoleParts): ServiceDependencies["assumeRole"] =>
  async ({ roleArn, sessionName, service, durationSeconds, sourceArn }) => {
    const { Credentials: given } = await call("sts", "AssumeRole", {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(durationSeconds === undefined ? {} : { DurationSeconds: durationSeconds }),
    }, { principal: servicePrincipal(service, account, sourceArn) });
    const found = given?.AccessKeyId === undefined ? undefined : credentials.find(given.AccessKeyId);
    if (found?.sessionToken === undefined || found.expires === undefined) {
      throw new Error(`the session of ${roleArn} was given out and is not there`);
    }
    return { ...found, sessionToken: found.sessionToken, expires: found.expires };
  };
