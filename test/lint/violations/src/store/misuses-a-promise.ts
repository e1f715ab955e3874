// expect typescript(no-misused-promises)
const ready = async (): Promise<boolean> => Promise.resolve(false);
export const answer = (): string => (ready() ? "ready" : "not ready");
