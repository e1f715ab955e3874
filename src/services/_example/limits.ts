/** Saved queries in an account and Region. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
export const MAX_QUERIES = 1000;
/** Queries on a page when `maxResults` is absent; its maximum too (API_DescribeQueryDefinitions). */
export const PAGE = 1000;
