/** A project: from images to a labelled answer. `sagebrush up` makes what it says, here and on AWS alike. */
export interface ProjectDefinition {
  /** Begins the name of everything that the project makes: lower-case letters, digits and hyphens, at most 32. */
  readonly name: string;
  readonly data: {
    /** A folder with one folder of pictures per class, split reproducibly; or with `train/`, `validation/` and `test/` inside. */
    readonly images: string;
  };
  readonly training: {
    /** AWS's built-in algorithm of that name. */
    readonly algorithm: "image-classification";
    readonly instances: {
      /** e.g. `ml.m5.xlarge`. */
      readonly type: string;
      /** Only 1 for now. */
      readonly count?: number;
    };
    /** As the algorithm documents them; `num_classes` and `num_training_samples` are filled in from the data. */
    readonly hyperparameters?: Readonly<Record<string, string | number>>;
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
