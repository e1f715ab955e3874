/** A lower triangle, row by row. */
export type Triangle = readonly Float64Array[];

/** The Cholesky factor of a symmetric matrix, of which the lower triangle is read; undefined if it is not positive definite. */
export function choleskyOf(matrix: readonly Float64Array[]): Triangle | undefined {
  const factor: Float64Array[] = [];
  for (const [row, given] of matrix.entries()) {
    const line = new Float64Array(row + 1);
    for (let column = 0; column <= row; column += 1) {
      const other = column === row ? line : (factor[column] as Float64Array);
      let sum = given[column] as number;
      for (let k = 0; k < column; k += 1) sum -= (line[k] as number) * (other[k] as number);
      if (column < row) line[column] = sum / (other[column] as number);
      else if (sum > 0) line[column] = Math.sqrt(sum);
      else return undefined;
    }
    factor.push(line);
  }
  return factor;
}

/** x with L x = right. */
export function solveLower(factor: Triangle, right: Float64Array): Float64Array {
  const x = new Float64Array(right.length);
  for (const [row, line] of factor.entries()) {
    let sum = right[row] as number;
    for (let k = 0; k < row; k += 1) sum -= (line[k] as number) * (x[k] as number);
    x[row] = sum / (line[row] as number);
  }
  return x;
}

/** x with Lᵀ x = right. */
export function solveUpper(factor: Triangle, right: Float64Array): Float64Array {
  const x = Float64Array.from(right);
  for (let row = factor.length - 1; row >= 0; row -= 1) {
    const line = factor[row] as Float64Array;
    const value = (x[row] as number) / (line[row] as number);
    x[row] = value;
    for (let k = 0; k < row; k += 1) x[k] = (x[k] as number) - (line[k] as number) * value;
  }
  return x;
}
