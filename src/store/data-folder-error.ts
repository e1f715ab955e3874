/** A data folder that cannot be used, with what to do about it. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}
