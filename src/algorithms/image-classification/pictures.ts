/** A picture that cannot be used, with the reason in a few words. */
export class BadPicture extends Error {
  override readonly name = "BadPicture";
}

/** Red, green and blue, one byte each, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A photograph of 100 megapixels needs 300 MB unpacked; beyond it is a decompression bomb rather than a picture. */
const MAX_PIXELS = 100_000_000;

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, index) => bytes[index] === byte);

function refuseForeign(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new BadPicture("is empty (0 bytes)");
  const isJpeg = startsWith(bytes, [0xff, 0xd8, 0xff]);
  const isPng = startsWith(bytes, [0x89, 0x50, 0x4e, 0x47]);
  if (!isJpeg && !isPng) throw new BadPicture("is neither a JPEG nor a PNG picture");
}

/**
 * Unpacks a JPEG or PNG: turned upright by its EXIF note, gray, CMYK and palette pictures turned to RGB, transparency laid over
 * white. Throws BadPicture for anything else.
 */
async function decode(bytes: Uint8Array, size: Size | undefined): Promise<Pixels> {
  refuseForeign(bytes);
  // Loaded when first needed: the native library takes some 30 ms.
  const { default: sharp } = await import("sharp");
  try {
    const upright = sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS }).autoOrient();
    const sized = size === undefined ? upright : upright.resize({ width: size.width, height: size.height, fit: "cover" });
    const { data, info } = await sized.flatten({ background: "#ffffff" }).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new BadPicture(`has ${info.channels} colour channels after conversion`);
    return { width: info.width, height: info.height, bytes: data };
  } catch (error) {
    if (error instanceof BadPicture) throw error;
    throw new BadPicture(`cannot be decoded: ${error instanceof Error ? error.message.split("\n")[0] ?? "" : String(error)}`);
  }
}

/** Unpacks a picture to the size wanted: the shorter side fitted and the longer cut evenly. Throws BadPicture. */
export const decodePicture = (bytes: Uint8Array, size: Size): Promise<Pixels> => decode(bytes, size);

/** Unpacks a picture at its own size. Throws BadPicture. */
export const decodeWhole = (bytes: Uint8Array): Promise<Pixels> => decode(bytes, undefined);

/** What the network was trained to see: `(value / 255 - mean) / std`, per channel in the order red, green, blue. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** A part of unpacked pixels as large as the network's input, as it is or mirrored. */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly mirrored: boolean;
}

/** Writes one view as normalised numbers, channel by channel, into `target` from `offset`. */
export function writeInput(pixels: Pixels, view: View, into: { readonly target: Float32Array; readonly offset: number; readonly size: Size; readonly normalization: Normalization }): void {
  const { target, offset, size, normalization } = into;
  const plane = size.height * size.width;
  for (let channel = 0; channel < 3; channel++) {
    const factor = 1 / (255 * (normalization.std[channel] ?? 1));
    const shift = (normalization.mean[channel] ?? 0) / (normalization.std[channel] ?? 1);
    for (let row = 0; row < size.height; row++) {
      const source = ((row + view.top) * pixels.width + view.left) * 3 + channel;
      const goal = offset + channel * plane + row * size.width;
      for (let column = 0; column < size.width; column++) {
        const from = view.mirrored ? size.width - 1 - column : column;
        target[goal + column] = (pixels.bytes[source + from * 3] ?? 0) * factor - shift;
      }
    }
  }
}

/** The view of the middle. */
export const centre = (pixels: Pixels, size: Size): View => ({
  left: Math.floor((pixels.width - size.width) / 2),
  top: Math.floor((pixels.height - size.height) / 2),
  mirrored: false,
});

/** The size to unpack to, so that the network's shape is this share of it. */
export const sizeBeforeCrop = (size: Size, cropShare: number): Size => ({
  height: Math.max(size.height, Math.round(size.height / cropShare)),
  width: Math.max(size.width, Math.round(size.width / cropShare)),
});
