// expect house(no-decorator)
const sealed = (target: unknown): void => void target;
@sealed
export class Box {}
