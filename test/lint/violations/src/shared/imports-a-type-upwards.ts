// expect house(import-directions)
export type Up = import("../services/beta/index.ts").Beta;
