import { sizeOf, type Graph, type Value } from "./graph.ts";
import { ELEMENT_TYPES } from "./onnx.ts";
import { expand, flatten, reshape, scale } from "./operations.ts";
import { windowAttributes, windowed } from "./convolution.ts";

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding?: number;
}

/** Stands for an optional input that is not given. */
const ABSENT: Value = { name: "", dims: [0], elementType: ELEMENT_TYPES.float };

function pooledDims(x: Value, window: Required<Window>): readonly number[] {
  const [batch, maps, height, width] = x.dims;
  if (batch === undefined || maps === undefined || height === undefined || width === undefined) throw new Error(`${x.name} [${x.dims.join()}] is not a batch of maps.`);
  return [batch, maps, windowed(height, window), windowed(width, window)];
}

/** The largest number of each window. Its slope goes to where that number came from. */
export function maxPool(graph: Graph, x: Value, given: Window): Value {
  const window = { padding: 0, ...given };
  const dims = pooledDims(x, window);
  return graph.composed("MaxPool", [x], () => {
    const [output, places] = graph.addMany({ opType: "MaxPool", inputs: [x], attributes: windowAttributes(window) }, [{ dims }, { dims, elementType: ELEMENT_TYPES.int64 }]);
    if (output === undefined || places === undefined) throw new Error("A pool gives maps and places.");
    return {
      output,
      derivative: (backward, upstream) => {
        const [count, from] = [sizeOf(x.dims), sizeOf(dims)];
        const zeros = expand(backward, backward.constant([0], [1]), [count]);
        // A number can be the largest of several windows: what they send adds up.
        const sent = backward.add({ opType: "ScatterElements", inputs: [zeros, reshape(backward, places, [from]), reshape(backward, upstream, [from])], dims: [count], attributes: { axis: { int: 0 }, reduction: { string: "add" } } });
        return [reshape(backward, sent, x.dims)];
      },
    };
  });
}

/**
 * The mean of each window; windows stand side by side (`kernel` is also the stride), and the last may be cut by the edge.
 * Gradients need maps that part evenly.
 */
export function averagePool(graph: Graph, x: Value, kernel: number): Value {
  const [batch = 1, maps = 1, height = 1, width = 1] = x.dims;
  const [rows, columns] = [Math.ceil(height / kernel), Math.ceil(width / kernel)];
  return graph.composed("AveragePool", [x], () => ({
    output: graph.add({
      opType: "AveragePool", inputs: [x], dims: [batch, maps, rows, columns],
      attributes: { kernel_shape: { ints: [kernel, kernel] }, strides: { ints: [kernel, kernel] }, ceil_mode: { int: 1 } },
    }),
    derivative: (backward, upstream) => {
      if (rows * kernel !== height || columns * kernel !== width) throw new Error(`Maps of ${height}x${width} do not part into windows of ${kernel}.`);
      const share = scale(backward, upstream, 1 / (kernel * kernel));
      return [backward.add({
        opType: "Resize", inputs: [share, ABSENT, backward.constant([1, 1, kernel, kernel], [4])], dims: x.dims,
        attributes: { mode: { string: "nearest" }, coordinate_transformation_mode: { string: "asymmetric" }, nearest_mode: { string: "floor" } },
      })];
    },
  }));
}

/** The mean of each map: [batch, maps]. */
export function globalAverage(graph: Graph, x: Value): Value {
  const [batch = 1, maps = 1, height = 1, width = 1] = x.dims;
  const mean = graph.composed("GlobalAveragePool", [x], () => ({
    output: graph.add({ opType: "GlobalAveragePool", inputs: [x], dims: [batch, maps, 1, 1] }),
    derivative: (backward, upstream) => [expand(backward, scale(backward, upstream, 1 / (height * width)), x.dims)],
  }));
  return flatten(graph, mean);
}
