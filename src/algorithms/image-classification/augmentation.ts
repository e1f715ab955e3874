import type { Random } from "../../shared/random.ts";
import type { Normalization, Pixels, Size } from "./pictures.ts";

/** How a picture is varied each time that training looks at it. All shares are of 1. */
export interface Augmentation {
  /** Part of the picture's area that a view shows, from and to. */
  readonly area: readonly [number, number];
  /** Where that part lies: at a random place, or in the middle. */
  readonly place: "random" | "middle";
  /** Most that the view's width over height differs from the picture's, as a factor either way. */
  readonly ratio: number;
  /** Most that it is turned, in radians, either way. */
  readonly rotation: number;
  /** Most that it is slanted: places sideways for each place down. */
  readonly shear: number;
  /** Most that brightness, contrast and saturation change; the tint changes by a quarter of it. */
  readonly colour: number;
  /** How often a square of it is greyed out. */
  readonly erase: number;
  /** Whether half of the views are mirrored. */
  readonly mirror: boolean;
}

/** The whole picture, as it is. */
export const UNCHANGED: Augmentation = { area: [1, 1], place: "middle", ratio: 1, rotation: 0, shear: 0, colour: 0, erase: 0, mirror: false };

/**
 * AWS's `augmentation_type`, for pictures of which a view shows this share of each side
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/IC-Hyperparameter.html): crop takes a random place and mirrors half of them, crop_color
 * changes the colours too, crop_color_transform turns by 10 degrees, slants by 0.1 and stretches by a quarter as well.
 */
export function augmentationOf(type: "crop" | "crop_color" | "crop_color_transform" | undefined, cropShare: number): Augmentation {
  const middle: Augmentation = { ...UNCHANGED, area: [cropShare ** 2, cropShare ** 2] };
  if (type === undefined) return middle;
  const crop: Augmentation = { ...middle, place: "random", mirror: true };
  if (type === "crop") return crop;
  const colour: Augmentation = { ...crop, colour: COLOUR };
  return type === "crop_color" ? colour : { ...colour, rotation: (10 * Math.PI) / 180, shear: 0.1, ratio: 1.25 };
}

export interface ViewTarget {
  readonly into: Float32Array;
  readonly offset: number;
  readonly size: Size;
  readonly normalization: Normalization;
}

const ERASED = 0.45;
/** AWS moves hue, saturation and lightness by up to 36, 50 and 50 of 255: a fifth. */
const COLOUR = 0.2;
const between = (random: Random, low: number, high: number): number => low + random.fraction() * (high - low);
/** Uniform in [-1, 1). */
const signed = (random: Random): number => random.fraction() * 2 - 1;

/** From places of the view to places of the picture, both measured from their middles in halves of their sides. */
interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

function drawAffine(given: Augmentation, random: Random): Affine {
  const area = Math.sqrt(between(random, ...given.area));
  const ratio = Math.exp((signed(random) * Math.log(given.ratio)) / 2);
  const width = Math.min(1, area * ratio);
  const height = Math.min(1, area / ratio);
  const reach = given.place === "random" ? 1 : 0;
  const x0 = signed(random) * (1 - width) * reach;
  const y0 = signed(random) * (1 - height) * reach;
  const mirror = random.fraction() < 0.5 && given.mirror ? -1 : 1;
  const angle = signed(random) * given.rotation;
  const shear = signed(random) * given.shear;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { xx: width * cos * mirror, xy: width * (shear - sin), x0, yx: height * sin * mirror, yy: height * cos, y0 };
}

/** Beyond an edge the picture is continued as in a mirror. */
function reflected(at: number, length: number): number {
  if (at >= 0 && at <= length - 1) return at;
  const period = 2 * length;
  const folded = (((at + 0.5) % period) + period) % period;
  return Math.min(length - 1, Math.max(0, (folded < length ? folded : period - folded) - 0.5));
}

/** Takes the view by straight interpolation between the four nearest places; values from 0 to 1, channel by channel. */
function sample({ width, height, bytes }: Pixels, map: Affine, { into, offset, size }: ViewTarget): void {
  const plane = size.height * size.width;
  for (let row = 0; row < size.height; row++) {
    const down = (2 * row + 1) / size.height - 1;
    for (let column = 0; column < size.width; column++) {
      const across = (2 * column + 1) / size.width - 1;
      const x = reflected(((map.xx * across + map.xy * down + map.x0 + 1) * width - 1) / 2, width);
      const y = reflected(((map.yx * across + map.yy * down + map.y0 + 1) * height - 1) / 2, height);
      const left = Math.floor(x);
      const top = Math.floor(y);
      const right = Math.min(left + 1, width - 1);
      const bottom = Math.min(top + 1, height - 1);
      const fx = x - left;
      const fy = y - top;
      const a = (top * width + left) * 3;
      const b = (top * width + right) * 3;
      const c = (bottom * width + left) * 3;
      const d = (bottom * width + right) * 3;
      const goal = offset + row * size.width + column;
      for (let channel = 0; channel < 3; channel++) {
        const upper = (bytes[a + channel] ?? 0) * (1 - fx) + (bytes[b + channel] ?? 0) * fx;
        const lower = (bytes[c + channel] ?? 0) * (1 - fx) + (bytes[d + channel] ?? 0) * fx;
        into[goal + channel * plane] = (upper * (1 - fy) + lower * fy) / 255;
      }
    }
  }
}

/** Changes saturation, contrast, brightness and tint. */
function jitter({ into, offset, size }: ViewTarget, strength: number, random: Random): void {
  const plane = size.height * size.width;
  const [saturation, contrast, brightness] = [1 + signed(random) * strength, 1 + signed(random) * strength, 1 + signed(random) * strength];
  const tint = [0, 1, 2].map(() => 1 + (signed(random) * strength) / 4);
  let mean = 0;
  for (let at = offset; at < offset + 3 * plane; at++) mean += into[at] ?? 0;
  mean /= 3 * plane;
  for (let at = offset; at < offset + plane; at++) {
    const grey = ((into[at] ?? 0) + (into[at + plane] ?? 0) + (into[at + 2 * plane] ?? 0)) / 3;
    for (let channel = 0; channel < 3; channel++) {
      const place = at + channel * plane;
      const saturated = grey + ((into[place] ?? 0) - grey) * saturation;
      into[place] = Math.min(1, Math.max(0, (mean + (saturated - mean) * contrast) * brightness * (tint[channel] ?? 1)));
    }
  }
}

function erase({ into, offset, size }: ViewTarget, random: Random): void {
  const side = Math.floor(between(random, 0.2, 0.45) * Math.min(size.height, size.width));
  const top = Math.floor(random.fraction() * (size.height - side + 1));
  const left = Math.floor(random.fraction() * (size.width - side + 1));
  for (let channel = 0; channel < 3; channel++) {
    for (let row = top; row < top + side; row++) {
      const start = offset + (channel * size.height + row) * size.width + left;
      into.fill(ERASED, start, start + side);
    }
  }
}

/** Writes one view of a picture, varied as drawn from `random`, as normalised numbers, channel by channel. */
export function writeView(pixels: Pixels, augmentation: Augmentation, { random, ...target }: ViewTarget & { readonly random: Random }): void {
  const { into, offset, size, normalization } = target;
  sample(pixels, drawAffine(augmentation, random), target);
  if (augmentation.colour > 0) jitter(target, augmentation.colour, random);
  if (augmentation.erase > 0 && random.fraction() < augmentation.erase) erase(target, random);
  const plane = size.height * size.width;
  for (let channel = 0; channel < 3; channel++) {
    const factor = 1 / (normalization.std[channel] ?? 1);
    const shift = (normalization.mean[channel] ?? 0) * factor;
    const start = offset + channel * plane;
    for (let at = start; at < start + plane; at++) into[at] = (into[at] ?? 0) * factor - shift;
  }
}
