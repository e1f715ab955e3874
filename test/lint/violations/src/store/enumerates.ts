// expect house(no-enum)
export enum Colour { Red, Green }
