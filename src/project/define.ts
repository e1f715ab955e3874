/** https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-built-in-rules.html */
export type RuleName =
  | "LossNotDecreasing" | "Overfit" | "Overtraining" | "StalledTrainingRule" | "ClassImbalance" | "VanishingGradient" | "ExplodingTensor" | "PoorWeightInitialization" | "DeadRelu" | "UnchangedTensor" | "AllZero"
  | "ProfilerReport" | "CPUBottleneck" | "LowGPUUtilization" | "OverallSystemUsage" | "MaxInitializationTime" | "StepOutlier" | "IOBottleneck";

/** A project: from images to a labelled answer. `sagebrush up` makes what it says, here and on AWS alike. */
export interface ProjectDefinition {
  /** Begins the name of everything that the project makes: lower-case letters, digits and hyphens, at most 32. */
  readonly name: string;
  readonly data: {
    /** A folder with one folder of pictures per class, split reproducibly; or with `train/`, `validation/` and `test/` inside. */
    readonly images: string;
  };
  readonly training: {
    /** AWS's built-in algorithm of that name; or a `script` instead. */
    readonly algorithm?: "image-classification";
    /** A script of your own: with the channels `train`, `validation`, `train_lst` and `validation_lst`, and the hyperparameters as its arguments. */
    readonly script?: {
      /** Selects the images that run it and serve what it leaves; `node` is this cloud's own. */
      readonly framework: "pytorch" | "scikit-learn" | "node";
      /** File in `folder`, e.g. `train.py`. */
      readonly entry: string;
      /** Goes along whole, `requirements.txt` too. Default `./source`. */
      readonly folder?: string;
      /** By name, a regular expression over the log's lines whose first group is the value. */
      readonly metrics?: Readonly<Record<string, string>>;
      /** Starts the script by torchrun on every instance. */
      readonly distribution?: "torch_distributed";
    };
    readonly instances: {
      /** e.g. `ml.m5.xlarge`. */
      readonly type: string;
      /** Default 1. The built-in algorithm divides the pictures among them, and trains the same model. */
      readonly count?: number;
    };
    /** As the algorithm documents them; `num_classes` and `num_training_samples` are filled in from the data. */
    readonly hyperparameters?: Readonly<Record<string, string | number | boolean>>;
    /** Searches for the best hyperparameters by a tuning job, and takes the best training job's model. */
    readonly tuning?: {
      /** Each hyperparameter that is searched: numbers between two ends, or one of some values. */
      readonly ranges: Readonly<Record<string,
        | { readonly min: number; readonly max: number; readonly integer?: boolean; readonly scaling?: "Auto" | "Linear" | "Logarithmic" | "ReverseLogarithmic" }
        | { readonly values: readonly (string | number)[] }>>;
      /** How many training jobs there may be; left out for `Grid` alone. */
      readonly maxJobs?: number;
      /** Default 1. */
      readonly maxParallelJobs?: number;
      /** Default `Bayesian`. */
      readonly strategy?: "Bayesian" | "Random" | "Grid" | "Hyperband";
      /** Default: the most `validation:accuracy`. */
      readonly objective?: { readonly metric: string; readonly type: "Minimize" | "Maximize" };
      /** Whether training jobs that fall behind are stopped (the median rule). Default false. */
      readonly earlyStopping?: boolean;
      /** The same seed tries the same values. Default 1. */
      readonly seed?: number;
    };
    /** Longest run in seconds. Default 3600. */
    readonly maxRuntimeSeconds?: number;
    /** Debugger's and the profiler's rules that judge the job while it runs, by name or with their parameters; not beside `tuning`. */
    readonly rules?: readonly (RuleName | { readonly rule: RuleName; readonly parameters?: Readonly<Record<string, string | number>>; readonly stopTraining?: boolean })[];
    /** Steps between saved tensors, for rules. Default 500, as Debugger has it. */
    readonly saveInterval?: number;
    /** Managed spot training with checkpoints in the project's bucket. It waits for twice `maxRuntimeSeconds` unless told otherwise. */
    readonly spot?: true | { readonly maxWaitSeconds?: number };
  };
  readonly endpoint: {
    readonly instances: {
      /** e.g. `ml.m5.large`. */
      readonly type: string;
      /** How many serve. Default 1. */
      readonly min?: number;
      /** Must equal `min` until scaling is there. */
      readonly max?: number;
    };
  };
  readonly function: {
    /** A TypeScript or JavaScript file that exports `handler`. */
    readonly handler: string;
    /** MiB. Default 512. */
    readonly memory?: number;
    /** Seconds. Default 30: a model's first answer takes longer than Lambda's own default of 3. */
    readonly timeout?: number;
    /** `iam`: callers sign their requests. `public`: anybody may call. Default `iam`. */
    readonly url?: "iam" | "public";
    readonly environment?: Readonly<Record<string, string>>;
  };
}

/** Types a project file: `export default defineProject({ … })`. Checked when it is loaded, with errors that name the place. */
export const defineProject = (project: ProjectDefinition): ProjectDefinition => project;
