import { defineProject } from "sagebrush";

export default defineProject({
  name: "dog-breeds",
  data: { images: "./data" }, // <breed>/*.jpg, split reproducibly into train, validation and test
  training: {
    algorithm: "image-classification", // the contract of AWS's built-in algorithm
    instances: { type: "ml.m5.xlarge" },
    hyperparameters: { use_pretrained_model: 1, epochs: 100, early_stopping: "True" },
  },
  endpoint: { instances: { type: "ml.m5.large" } },
  function: { handler: "./classify.ts", memory: 512, timeout: 30 },
});
