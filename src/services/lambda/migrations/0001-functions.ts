import { collectionTable, type Migration } from "../../../store/index.ts";

/** Functions by account/region/name; URLs by id; accepted asynchronous events by their request id. */
export const functions: Migration = {
  id: "lambda/0001-functions",
  sql: [collectionTable("lambda_functions"), collectionTable("lambda_urls"), collectionTable("lambda_events")].join(";"),
};
