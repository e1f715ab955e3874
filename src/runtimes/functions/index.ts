export { startFunctionHost, type FunctionHost, type FunctionHostPorts } from "./host.ts";
export { findInterpreters, type Interpreter, type Interpreters } from "./interpreters.ts";
export type { Invocation, InvocationResult } from "./invocation.ts";
export { chooseRuntime, type FunctionRuntime, type RuntimeChoice } from "./runtime.ts";
export type { FunctionTarget, LogStream, RoleSession } from "./target.ts";
export { UnpackError, unpackPackage } from "./unpack.ts";
