/** Accounts that hold AWS's built-in image-classification, by region. https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html */
const REGISTRIES: Readonly<Record<string, string>> = {
  "us-east-1": "811284229777", "us-east-2": "825641698319", "us-west-1": "632365934929", "us-west-2": "433757028032",
  "eu-west-1": "685385470294", "eu-west-2": "644912444149", "eu-west-3": "749696950732", "eu-central-1": "813361260812", "eu-north-1": "669576153137",
  "ap-south-1": "991648021394", "ap-southeast-1": "475088953585", "ap-southeast-2": "544295431143", "ap-northeast-1": "501404015308", "ap-northeast-2": "306986355934",
  "ca-central-1": "469771592824", "sa-east-1": "855470959533",
};

/** The URI of a built-in algorithm's image: the same here and on AWS. Throws for a region it is not known in. */
export function algorithmImage(algorithm: "image-classification", region: string): string {
  const account = REGISTRIES[region];
  if (account === undefined) throw new Error(`the registry of ${algorithm} in ${region} is not known; known regions: ${Object.keys(REGISTRIES).join(", ")}`);
  return `${account}.dkr.ecr.${region}.amazonaws.com/${algorithm}:1`;
}
