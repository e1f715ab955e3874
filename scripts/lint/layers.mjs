// Import directions (docs/architecture.md): what each folder of src/ may import beside itself.

/** A folder that is not named here is an error, so that a new one states its place. */
export const LAYERS = {
  base: [],
  catalogue: ["base"],
  decide: ["base", "catalogue"],
  simulate: ["base", "catalogue", "decide"],
  review: ["base", "catalogue", "decide"],
  shared: ["base"],
  store: ["base", "shared"],
  metrics: ["base", "shared", "store"],
  machines: ["base", "catalogue", "shared"],
  runtimes: ["base", "catalogue", "shared", "machines"],
  wire: ["base", "catalogue", "shared", "store"],
  services: ["base", "catalogue", "decide", "shared", "store", "metrics", "machines", "runtimes", "wire"],
  scaling: ["base", "catalogue", "decide", "shared", "metrics"],
  learn: ["base", "shared"],
  algorithms: ["base", "shared", "learn"],
  sdk: ["base", "catalogue", "shared"],
  project: ["base", "catalogue", "shared", "sdk", "machines", "runtimes"],
  cloud: "everything",
  cli: ["base", "catalogue", "shared", "cloud", "project", "simulate", "review", "sdk"],
};

/** No Node in them: they run in a browser and under a virtual clock. */
export const PURE = ["base", "catalogue", "decide", "simulate", "review"];

/** They know nothing of AWS's clients; the wire, the services and what stands above them do. */
export const WITHOUT_AWS = ["base", "catalogue", "decide", "simulate", "review", "shared", "store", "metrics", "machines", "learn"];

/** The readers of time and chance; everybody else takes a Clock or a Random as an argument. */
export const CLOCK_AND_CHANCE = ["src/shared/clock.ts", "src/shared/random.ts", "src/shared/ids.ts"];

/** Programs of their own inside a machine, where no argument can reach: each with its reason. */
export const INSIDE_MACHINES = {};
