// expect typescript(no-misused-spread)
const facts = async (): Promise<object> => Promise.resolve({ a: 1 });
export const copy = { ...facts() };
