import { defineCommand } from "citty";
import { PRICES_AS_OF } from "../../catalogue/instance-types.ts";
import { costPerDay, SPOT_PAID_SHARE } from "../../catalogue/prices.ts";
import { systemClock } from "../../shared/clock.ts";
import { jobCost } from "../job-cost.ts";
import { print } from "../output.ts";
import { table } from "../summary.ts";
import { chooseClients, findPlace, targetArgs } from "../target.ts";

export const status = defineCommand({
  meta: { name: "status", description: "Endpoints with their cost a day, functions, and the latest training jobs with what they cost" },
  args: { ...targetArgs },
  async run({ args }) {
    const clients = chooseClients(args);
    const { account, region } = await findPlace(clients);
    const { DescribeEndpointCommand, DescribeEndpointConfigCommand, DescribeTrainingJobCommand, ListEndpointsCommand, ListTrainingJobsCommand } = await import("@aws-sdk/client-sagemaker");
    const { ListFunctionsCommand } = await import("@aws-sdk/client-lambda");
    const sagemaker = await clients.sagemaker();
    print(`Account ${account}, ${region}`);
    const endpoints: string[][] = [];
    for (const { EndpointName } of (await sagemaker.send(new ListEndpointsCommand({ MaxResults: 100 }))).Endpoints ?? []) {
      const found = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
      const { ProductionVariants = [] } = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: found.EndpointConfigName }));
      const [variant] = ProductionVariants;
      const count = variant?.InitialInstanceCount ?? 0;
      endpoints.push([`  ${EndpointName ?? ""}`, String(found.EndpointStatus), `${count} x ${variant?.InstanceType ?? ""}`, ...dayCost(variant?.InstanceType ?? "", count)]);
    }
    section("Endpoints", endpoints);
    const { Functions = [] } = await (await clients.lambda()).send(new ListFunctionsCommand({}));
    section("Functions", Functions.map((each) => [`  ${each.FunctionName ?? ""}`, each.Runtime ?? "", `${each.MemorySize ?? 0} MiB`, `${each.Timeout ?? 0} s`]));
    const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand({ MaxResults: 10, SortBy: "CreationTime", SortOrder: "Descending" }));
    const jobs: string[][] = [];
    for (const { TrainingJobName, CreationTime } of TrainingJobSummaries) {
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
      const { instances, billable, price, cost } = jobCost(job, systemClock.now());
      jobs.push([`  ${TrainingJobName ?? ""}`, job.TrainingJobStatus === "InProgress" ? String(job.SecondaryStatus) : String(job.TrainingJobStatus), CreationTime?.toISOString() ?? "", instances, billable, price, cost]);
    }
    section("Latest training jobs", jobs);
    if (jobs.length > 0) print(`  Seconds are billable ones of each instance; prices are us-east-1's on demand as of ${PRICES_AS_OF}${jobs.some(([, , , instances = ""]) => instances.endsWith(" spot")) ? `, spot instances at ${Math.round((1 - SPOT_PAID_SHARE) * 100)} % less, which is assumed` : ""}.`);
  },
});

function dayCost(type: string, count: number): readonly [string, string] {
  const usd = costPerDay(type, count);
  return usd === undefined ? ["unknown", "price"] : [`$${usd.toFixed(2)}`, "a day on AWS"];
}

function section(title: string, rows: readonly (readonly string[])[]): void {
  print(rows.length === 0 ? `${title}: none` : `${title}:`);
  for (const line of table(rows)) print(line);
}
