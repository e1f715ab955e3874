import { describe, expect, it } from "vitest";
import { decode, encode, type MessageSpec } from "../../src/learn/protobuf.ts";
import { decodeModel, encodeModel, floatsOf, floatTensor, int64Tensor } from "../../src/learn/onnx.ts";
import { createGraph } from "../../src/learn/graph.ts";
import { add, linear, multiply, relu } from "../../src/learn/operations.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor } from "../../src/learn/tensors.ts";

const INNER: MessageSpec = { name: { number: 1, type: "string" } };
const SPEC: MessageSpec = {
  count: { number: 1, type: "varint" },
  ratio: { number: 2, type: "float" },
  exact: { number: 3, type: "double" },
  blob: { number: 4, type: "bytes" },
  sizes: { number: 5, type: "varint", repeated: true },
  inner: { number: 16, type: () => INNER, repeated: true },
};

describe("the wire format", () => {
  it("gives back what was written", () => {
    const message = {
      count: -1, ratio: 0.5, exact: Math.PI, blob: Uint8Array.of(0, 255), sizes: [0, 127, 128, 2 ** 31, 2 ** 40, -(2 ** 40)],
      inner: [{ name: "Ägypten" }, { name: "" }],
    };
    expect(decode(SPEC, encode(SPEC, message))).toEqual(message);
  });
  it("matches the example of the format's own documentation", () => {
    expect([...encode({ a: { number: 1, type: "varint" } }, { a: 150 })]).toEqual([0x08, 0x96, 0x01]);
    expect([...encode({ b: { number: 2, type: "string" } }, { b: "testing" })]).toEqual([0x12, 0x07, ...Buffer.from("testing")]);
  });
  it("keeps whole numbers beyond 2^53 exactly", () => {
    const { count } = decode(SPEC, encode(SPEC, { count: 9223372036854775807n }));
    expect(count).toBe(9223372036854775807n);
  });
  it("reads packed repeated numbers", () => {
    expect(decode(SPEC, Uint8Array.of(0x2a, 3, 1, 2, 3))["sizes"]).toEqual([1, 2, 3]);
  });
  it("carries fields it does not know through unchanged", () => {
    const narrow: MessageSpec = { count: { number: 1, type: "varint" } };
    const bytes = encode(SPEC, { count: 5, ratio: 1, exact: 2, blob: Uint8Array.of(9), sizes: [], inner: [{ name: "x" }] });
    expect(decode(SPEC, encode(narrow, decode(narrow, bytes)))).toEqual(decode(SPEC, bytes));
  });
  it("refuses a truncated message", () => {
    const bytes = encode(SPEC, { blob: new Uint8Array(100), sizes: [], inner: [] });
    expect(() => decode(SPEC, bytes.subarray(0, 50))).toThrow("The file ends inside a field.");
  });
});

describe("an ONNX model", () => {
  const build = (): Uint8Array => {
    const graph = createGraph("layer");
    const x = graph.input("x", [1, 2]);
    const weight = graph.constant([1, 2, 3, 4], [2, 2]);
    const bias = graph.constant([0.5, -20], [2]);
    graph.output("y", relu(graph, linear(graph, x, { weight, bias })));
    return graph.encode();
  };
  it("written by the graph builder runs in ONNX Runtime", async () => {
    const session = await createSession(build(), { threads: 1 });
    const { y } = await session.run({ x: await toTensor(Float32Array.of(1, 1), [1, 2]) });
    expect([...floats(y as Parameters<typeof floats>[0])]).toEqual([4.5, 0]);
  });
  it("is the same after reading and writing", () => {
    const bytes = build();
    expect(Buffer.from(encodeModel(decodeModel(bytes))).equals(Buffer.from(bytes))).toBe(true);
  });
  it("has what its outputs need and nothing else: one that another one reads, an input, and one under two names among them", async () => {
    const graph = createGraph("outputs");
    const x = graph.input("x", [2]);
    const above = relu(graph, x);
    multiply(graph, above, above);
    graph.output("above", above);
    graph.output("twice", add(graph, above, above));
    graph.output("again", above);
    graph.output("same", x);
    const bytes = graph.encode({ free: { twice: { 0: "length" } } });
    const { node, output } = decodeModel(bytes).graph;
    expect(node.map(({ opType, output: names }) => [opType, ...names])).toEqual([["Relu", "above"], ["Add", "twice"], ["Identity", "again"], ["Identity", "same"]]);
    expect(output.map(({ name }) => name)).toEqual(["above", "twice", "again", "same"]);
    const session = await createSession(bytes, { threads: 1 });
    const results = await session.run({ x: await toTensor(Float32Array.of(-1, 3), [2]) });
    expect(Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, [...floats(tensor)]]))).toEqual({ above: [0, 3], twice: [0, 6], again: [0, 3], same: [-1, 3] });
  });
  it("gives its numbers back", () => {
    expect([...floatsOf(floatTensor("t", [3], [1, 2, 3]))]).toEqual([1, 2, 3]);
    expect(() => floatsOf(int64Tensor("t", [1], [1]))).toThrow("Tensor t is not of 32-bit floats.");
  });
  it("is told from another file", () => {
    expect(() => decodeModel(Buffer.from("just some text"))).toThrow();
    expect(() => decodeModel(new Uint8Array())).toThrow("This is not an ONNX model.");
  });
});
