// expect typescript(no-namespace)
export namespace Colours {
  export const red = 1;
}
