/** Plots as SVG that stands in a page, coloured by its style (`.s0`, `.s1`, …): no scripts, no addresses. */

export const escapeHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export interface Series {
  readonly name: string;
  /** By rising x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** What stands for neighbours where there are more points than can be told apart: their mean, or, where single ones matter, their highest. */
  readonly peaks?: boolean;
}

export interface PlotText {
  readonly title: string;
  readonly x: string;
  /** How a value of y is said, with its unit. */
  readonly y: (value: number) => string;
  /** Of what y's ends are round numbers: 1024 for bytes. */
  readonly base?: number;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 200, 64, 12, 12, 34];
/** More points than pixels say nothing more. */
const MOST_POINTS = 360;
/** Bars of a histogram. */
const BINS = 30;
/** Colours that the style has. */
const COLOURS = 6;

/** Values over time, one line for each series. `top` fixes the upper end, for percentages. */
export function linePlot(series: readonly Series[], text: PlotText, top?: number): string {
  const drawn = series.map(({ name, points, peaks = false }) => ({ name, points: thinned(points, peaks) }));
  const right = Math.max(1, ...drawn.map(({ points }) => points.at(-1)?.[0] ?? 0));
  const values = drawn.flatMap(({ points }) => points.map(([, y]) => y));
  const [lowest, highest] = [Math.min(0, ...values), Math.max(0, ...values)];
  // What lies below zero alone needs no room above it.
  const scale = scaleOf({ right, top: top ?? (highest === 0 && lowest < 0 ? 0 : niceAbove(highest, text.base)), bottom: lowest < 0 ? -niceAbove(-lowest, text.base) : 0 });
  const lines = drawn.map(({ name, points }, index) =>
    `<polyline class="line s${index % COLOURS}" points="${points.map(([x, y]) => `${scale.x(x).toFixed(1)},${scale.y(y).toFixed(1)}`).join(" ")}"><title>${escapeHtml(name)}</title></polyline>`);
  return frame(text, { scale, ticks: ticksOf(right), body: lines.join(""), legend: series.length > 1 ? series.map(({ name }) => name) : [] });
}

/** How often values fell into each of some equal ranges; the last one has all that are above the 95th percentile, which would press the rest together. */
export function histogram(values: readonly number[], text: PlotText, tick: (value: number) => string): string {
  const bins = BINS;
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[0], sorted[Math.floor((sorted.length - 1) * 0.95)]];
  const width = (high - low || Math.abs(high) || 1) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const scale = scaleOf({ right: bins, top: niceAbove(Math.max(...counts)), bottom: 0 });
  const bars = counts.map((count, bin) => {
    if (count === 0) return "";
    const said = `${tick(low + bin * width)} ${bin === bins - 1 ? "and more" : `to ${tick(low + (bin + 1) * width)}`}: ${count}`;
    return `<rect class="bar s0" x="${(scale.x(bin) + 0.5).toFixed(1)}" y="${scale.y(count).toFixed(1)}" width="${(scale.x(1) - scale.x(0) - 1).toFixed(1)}" height="${(scale.y(0) - scale.y(count)).toFixed(1)}"><title>${escapeHtml(said)}</title></rect>`;
  });
  const ticks = [0, bins / 3, (2 * bins) / 3, bins].map((bin) => [bin, `${bin === bins ? "≥ " : ""}${tick(low + (bin === bins ? bins - 1 : bin) * width)}`] as const);
  return frame(text, { scale, ticks, body: bars.join(""), legend: [] });
}

interface Scale {
  readonly top: number;
  readonly bottom: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const scaleOf = ({ right, top, bottom }: { readonly right: number; readonly top: number; readonly bottom: number }): Scale => ({
  top, bottom,
  x: (value) => LEFT + (value / right) * (WIDTH - LEFT - RIGHT),
  y: (value) => HEIGHT - BOTTOM - ((Math.min(value, top) - bottom) / (top - bottom)) * (HEIGHT - TOP - BOTTOM),
});

interface Drawing {
  readonly scale: Scale;
  readonly ticks: readonly (readonly [x: number, said: string])[];
  readonly body: string;
  readonly legend: readonly string[];
}

function frame({ title, x, y }: PlotText, { scale, ticks, body, legend }: Drawing): string {
  const rows = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const value = scale.bottom + share * (scale.top - scale.bottom);
    const at = scale.y(value);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="tick end" x="${LEFT - 6}" y="${at + 4}">${escapeHtml(y(value))}</text>`;
  });
  const columns = ticks.map(([value, said], index) => `<text class="tick ${index === 0 ? "" : index === ticks.length - 1 ? "end" : "middle"}" x="${scale.x(value).toFixed(1)}" y="${HEIGHT - BOTTOM + 15}">${escapeHtml(said)}</text>`);
  const keys = legend.map((name, index) => `<span><i class="key s${index % COLOURS}"></i>${escapeHtml(name)}</span>`);
  return `<figure><figcaption>${escapeHtml(title)}${keys.length === 0 ? "" : `<span class="legend">${keys.join("")}</span>`}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${rows.join("")}${columns.join("")}`
    + `<text class="tick middle" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}">${escapeHtml(x)}</text>${body}</svg></figure>`;
}

function ticksOf(right: number): readonly (readonly [number, string])[] {
  const step = niceAbove(right / 6);
  return Array.from({ length: Math.floor(right / step) + 1 }, (_, index) => [index * step, String(Number((index * step).toPrecision(6)))] as const);
}

/** 1, 2 or 5 times a power of ten, of the largest unit that fits. */
function niceAbove(value: number, base?: number): number {
  if (value <= 0) return 1;
  if (base !== undefined && value >= base) return niceAbove(value / base, base) * base;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value * (1 - 1e-9)) ?? value;
}

function thinned(points: Series["points"], peaks: boolean): Series["points"] {
  const size = Math.ceil(points.length / MOST_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => {
    const group = points.slice(index * size, (index + 1) * size);
    const mean = (part: 0 | 1): number => group.reduce((sum, point) => sum + point[part], 0) / group.length;
    return [mean(0), peaks ? Math.max(...group.map(([, y]) => y)) : mean(1)] as const;
  });
}
