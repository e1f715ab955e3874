import { ProjectError } from "./schema.ts";
import type { Training } from "./training-schema.ts";

/** Accounts that hold AWS's built-in image-classification, by region. https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html */
const REGISTRIES: Readonly<Record<string, string>> = {
  "us-east-1": "811284229777", "us-east-2": "825641698319", "us-west-1": "632365934929", "us-west-2": "433757028032",
  "eu-west-1": "685385470294", "eu-west-2": "644912444149", "eu-west-3": "749696950732", "eu-central-1": "813361260812", "eu-north-1": "669576153137",
  "ap-south-1": "991648021394", "ap-southeast-1": "475088953585", "ap-southeast-2": "544295431143", "ap-northeast-1": "501404015308", "ap-northeast-2": "306986355934",
  "ca-central-1": "469771592824", "sa-east-1": "855470959533",
};

/** Of scikit-learn's images: image_uri_config/sklearn.json of aws/sagemaker-python-sdk. */
const SCIKIT_LEARN: Readonly<Record<string, string>> = {
  "us-east-1": "683313688378", "us-east-2": "257758044811", "us-west-1": "746614075791", "us-west-2": "246618743249",
  "eu-west-1": "141502667606", "eu-west-2": "764974769150", "eu-west-3": "659782779980", "eu-central-1": "492215442770", "eu-north-1": "662702820516",
  "ap-south-1": "720646828776", "ap-southeast-1": "121021644041", "ap-southeast-2": "783357654285", "ap-northeast-1": "354813040037", "ap-northeast-2": "366743142698",
  "ca-central-1": "341280168497", "sa-east-1": "737474898029",
};
/** Deep Learning Containers, in the regions above: https://github.com/aws/deep-learning-containers/blob/master/available_images.md */
const PYTORCH = { account: "763104351884", version: "2.1-cpu-py310" } as const;

/** What trains and what serves a project's model. */
export interface ProjectImages {
  readonly training: string;
  readonly serving: string;
}

/** Images by the project's algorithm or its script's framework. Throws ProjectError for what the target does not have. */
export function projectImages({ algorithm, script }: Pick<Training, "algorithm" | "script">, { region, local }: { readonly region: string; readonly local: boolean }): ProjectImages {
  if (script === undefined) {
    const image = algorithmImage(algorithm ?? "image-classification", region);
    return { training: image, serving: image };
  }
  switch (script.framework) {
    case "pytorch": {
      const uri = (use: string): string => `${PYTORCH.account}.dkr.ecr.${region}.amazonaws.com/pytorch-${use}:${PYTORCH.version}`;
      return { training: uri("training"), serving: uri("inference") };
    }
    case "scikit-learn": {
      const account = SCIKIT_LEARN[region];
      if (account === undefined) throw new ProjectError(`training.script.framework: the registry of scikit-learn's images in ${region} is not known; known regions: ${Object.keys(SCIKIT_LEARN).join(", ")}`);
      const image = `${account}.dkr.ecr.${region}.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3`;
      return { training: image, serving: image };
    }
    case "node":
      if (!local) throw new ProjectError("training.script.framework: node is this cloud's own; AWS has no such images");
      return { training: "node-training:24", serving: "node-inference:24" };
  }
}

/** The URI of a built-in algorithm's image: the same here and on AWS. Throws for a region it is not known in. */
function algorithmImage(algorithm: "image-classification", region: string): string {
  const account = REGISTRIES[region];
  if (account === undefined) throw new Error(`the registry of ${algorithm} in ${region} is not known; known regions: ${Object.keys(REGISTRIES).join(", ")}`);
  return `${account}.dkr.ecr.${region}.amazonaws.com/${algorithm}:1`;
}
