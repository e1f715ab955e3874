// expect house(reasoned-disable)
// oxlint-disable-next-line no-console
console.log("why?");
export const said = true;
