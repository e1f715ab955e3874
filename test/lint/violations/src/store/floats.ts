// expect typescript(no-floating-promises)
const work = async (): Promise<number> => Promise.resolve(1);
export const start = (): void => {
  work();
};
