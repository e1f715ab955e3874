import { collectionTable, type Migration } from "../../../store/index.ts";

export const iamTables: Migration = {
  id: "iam/0001-iam",
  sql: ["iam_users", "iam_roles", "iam_groups", "iam_policies", "iam_instance_profiles", "iam_access_keys"].map(collectionTable).join(";\n"),
};
