import { spawnSync } from "node:child_process";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { archiveOf } from "./support/archive.ts";
import { jobs, type Jobs } from "./support/job.ts";

const TORCH = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0;

/** A linear model on fixed data: gradients averaged over equal shards are those of the whole batch. */
const SCRIPT = `
import os, torch, torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(1)
x = torch.randn(64, 8)
y = x @ torch.randn(8, 1)
model = DistributedDataParallel(torch.nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(x[rank::world]), y[rank::world]).backward()
    optimizer.step()
loss = torch.nn.functional.mse_loss(model(x), y).item()
print(f"world {world} rank {rank} of host {os.environ['SM_CURRENT_HOST']}")
if rank == 0:
    print(f"loss={loss:.9f};")
`;

const start = ({ sagemaker: _, ...job }: Jobs, TrainingJobName: string, InstanceCount: number) => job.start({
  TrainingJobName,
  AlgorithmSpecification: { TrainingImage: "pytorch-training:2.1", TrainingInputMode: "File", MetricDefinitions: [{ Name: "loss", Regex: "loss=([0-9.]+);" }] },
  ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount, VolumeSizeInGB: 10 },
  HyperParameters: { sagemaker_program: '"train.py"', sagemaker_submit_directory: '"s3://jobs/torch.tar.gz"', sagemaker_torch_distributed_enabled: "true", sagemaker_instance_type: '"ml.m5.large"' },
});

test.skipIf(!TORCH && !process.env["CI"])("torch_distributed on two hosts learns what one host learns, two such jobs at once (skipped without PyTorch in /usr/bin/python3)", async () => {
  expect(TORCH, "CI needs python3-torch").toBe(true);
  await using cloud = await startCloud();
  const job = await jobs(cloud, "");
  await job.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "torch.tar.gz", Body: await archiveOf({ "train.py": SCRIPT }) }));
  await start(job, "one", 1);
  await Promise.all([start(job, "two", 2), start(job, "also-two", 2)]);
  const ends = await Promise.all(["one", "two", "also-two"].map((name) => job.ended(name)));
  expect(ends.map(({ TrainingJobStatus, FailureReason }) => FailureReason ?? TrainingJobStatus)).toEqual(["Completed", "Completed", "Completed"]);
  const [one = NaN, two, alsoTwo] = ends.map(({ FinalMetricDataList = [] }) => FinalMetricDataList[0]?.Value);
  expect(one).toBeLessThan(1);
  expect(two).toBeCloseTo(one, 6);
  expect(alsoTwo).toBe(two);
}, 90_000);
