import { expect, test } from "vitest";
import { parsePythons, pythonFor } from "../../src/runtimes/named-pythons.ts";

test("the Python of an image is the one whose name and version say most", () => {
  const named = parsePythons("/all/python, pytorch-training=/torch/python,pytorch-training:2=/torch2/python,pytorch-training:2.1=/torch21/python") ?? [];
  const registry = "763104351884.dkr.ecr.us-east-1.amazonaws.com/";
  expect(pythonFor(named, `${registry}pytorch-training:2.1-cpu-py310`)).toBe("/torch21/python");
  expect(pythonFor(named, `${registry}pytorch-training:2.1.0-gpu-py310`)).toBe("/torch21/python");
  expect(pythonFor(named, `${registry}pytorch-training:2.10-cpu-py310`)).toBe("/torch2/python");
  expect(pythonFor(named, "pytorch-training:1.13")).toBe("/torch/python");
  expect(pythonFor(named, "pytorch-training")).toBe("/torch/python");
  expect(pythonFor(named, "python:3")).toBe("/all/python");
  expect(pythonFor([], "python:3")).toBeUndefined();
});

test("what names no Python is said to be wrong", () => {
  for (const text of ["python", "relative/python", "pytorch-training=", "pytorch-training:2.1", "a b=/python", "pytorch-training=python"]) expect(parsePythons(text)).toBeUndefined();
  expect(parsePythons("")).toEqual([]);
});
