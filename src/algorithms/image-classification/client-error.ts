/**
 * The customer's mistake, as opposed to ours: its text becomes the training job's failure reason, in the wording of AWS's own
 * algorithms where they have one.
 */
export class ClientError extends Error {
  override readonly name = "ClientError";
}

/** What AWS's algorithms append when a hyperparameter is at fault. */
export const invalidHyperparameter = (text: string): ClientError => new ClientError(`${text} (caused by ValidationError)`);

/** A valid request for something that this algorithm does not do. */
export const notSupported = (what: string, instead: string): ClientError =>
  new ClientError(`${what} is not supported by this implementation of image-classification. ${instead}`);
