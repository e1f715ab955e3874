import { defineCommand, runMain } from "citty";

// Commands load when they are asked for: `--help` must not wait for the cloud's code.
const main = defineCommand({
  meta: { name: "sagebrush", description: "Train, deploy and invoke on one machine, over the AWS wire protocols" },
  subCommands: {
    serve: async () => (await import("./commands/serve.ts")).serve,
  },
});

await runMain(main);
