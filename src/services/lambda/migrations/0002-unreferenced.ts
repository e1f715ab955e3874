import { collectionTable, type Migration } from "../../../store/index.ts";

/**
 * Packages that no function names: being received, or to be deleted. What this names when the server starts is deleted, so
 * a crash leaves no packed file behind.
 */
export const unreferencedPackages: Migration = {
  id: "lambda/0002-unreferenced",
  sql: collectionTable("lambda_unreferenced"),
};
