import { crc32 } from "node:zlib";
import sharp, { type Color, type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { centre, decodePicture, writeInput, type Pixels } from "../../src/algorithms/image-classification/pictures.ts";

const RED = { r: 220, g: 30, b: 20 };
const size = { height: 16, width: 16 };
const blank = (background: Color, channels: 3 | 4 = 3): Sharp => sharp({ create: { width: 64, height: 48, channels, background } });

/** The mean colour of a part of the picture, rounded. */
function meanColour({ bytes, width }: Pixels, rows: readonly [number, number] = [0, 16]): number[] {
  const sums = [0, 0, 0];
  for (let row = rows[0]; row < rows[1]; row++) for (let at = row * width * 3; at < (row + 1) * width * 3; at++) sums[at % 3] = (sums[at % 3] ?? 0) + (bytes[at] ?? 0);
  return sums.map((sum) => Math.round(sum / ((rows[1] - rows[0]) * width)));
}

const near = (colour: readonly number[], expected: readonly number[], tolerance = 6): void => {
  colour.forEach((value, channel) => expect(Math.abs(value - (expected[channel] ?? 0))).toBeLessThanOrEqual(tolerance));
};

describe("a picture is understood", () => {
  it("as JPEG and as PNG", async () => {
    near(meanColour(await decodePicture(await blank(RED).jpeg().toBuffer(), size)), [220, 30, 20]);
    near(meanColour(await decodePicture(await blank(RED).png().toBuffer(), size)), [220, 30, 20]);
  });
  it("in gray", async () => {
    near(meanColour(await decodePicture(await blank({ r: 90, g: 90, b: 90 }).toColourspace("b-w").jpeg().toBuffer(), size)), [90, 90, 90]);
  });
  it("in CMYK", async () => {
    const cmyk = await blank({ r: 200, g: 200, b: 200 }).toColourspace("cmyk").jpeg().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
    near(meanColour(await decodePicture(cmyk, size)), [200, 200, 200], 20);
  });
  it("with 16 bits per channel and with a palette", async () => {
    near(meanColour(await decodePicture(await blank(RED).toColourspace("rgb16").png().toBuffer(), size)), [220, 30, 20]);
    near(meanColour(await decodePicture(await blank(RED).png({ palette: true }).toBuffer(), size)), [220, 30, 20]);
  });
  it("with transparency laid over white", async () => {
    near(meanColour(await decodePicture(await blank({ r: 0, g: 0, b: 0, alpha: 0 }, 4).png().toBuffer(), size)), [255, 255, 255]);
  });
  it("upright, as its EXIF note says", async () => {
    const upper = await sharp({ create: { width: 32, height: 16, channels: 3, background: RED } }).png().toBuffer();
    const upright = blank({ r: 0, g: 0, b: 0 }).resize(32, 32).composite([{ input: upper, top: 0, left: 0 }]);
    // Orientation 3: stored upside down.
    const turned = await sharp(await upright.png().toBuffer()).rotate(180).withMetadata({ orientation: 3 }).jpeg().toBuffer();
    const pixels = await decodePicture(turned, size);
    near(meanColour(pixels, [0, 6]), [220, 30, 20], 12);
    near(meanColour(pixels, [10, 16]), [0, 0, 0], 12);
  });
  it("by its content, whatever it is called", async () => {
    expect((await decodePicture(await blank(RED).png().toBuffer(), size)).width).toBe(16);
  });
});

describe("a file that is no usable picture is refused", () => {
  const refused = async (bytes: Uint8Array): Promise<string> => decodePicture(bytes, size).then(() => "accepted", (error: Error) => `${error.name}: ${error.message}`);
  it("when it is empty", async () => {
    expect(await refused(new Uint8Array())).toBe("BadPicture: is empty (0 bytes)");
  });
  it("when it is text, a GIF or an SVG", async () => {
    const gif = await blank(RED).gif().toBuffer();
    for (const bytes of [Buffer.from("not a picture"), gif, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')]) {
      expect(await refused(bytes)).toBe("BadPicture: is neither a JPEG nor a PNG picture");
    }
  });
  it("when it is cut off", async () => {
    const noise = sharp({ create: { width: 200, height: 200, channels: 3, background: RED, noise: { type: "gaussian", mean: 128, sigma: 50 } } });
    const jpeg = await noise.clone().jpeg().toBuffer();
    const png = await noise.clone().png().toBuffer();
    expect(await refused(jpeg.subarray(0, jpeg.length / 2))).toMatch(/^BadPicture: cannot be decoded/);
    expect(await refused(png.subarray(0, png.length / 2))).toMatch(/^BadPicture: cannot be decoded/);
    expect(await refused(jpeg.subarray(0, 20))).toMatch(/^BadPicture: cannot be decoded/);
  });
  it("when it would unpack to more than 100 megapixels", async () => {
    const bomb = await blank(RED).png().toBuffer();
    bomb.writeUInt32BE(11_000, 16);
    bomb.writeUInt32BE(10_000, 20);
    // The header's own checksum covers its name and its 13 bytes.
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    expect(await refused(bomb)).toBe("BadPicture: cannot be decoded: Input image exceeds pixel limit");
  });
});

describe("the network's input", () => {
  const pixels: Pixels = { width: 2, height: 1, bytes: Uint8Array.of(255, 0, 51, 0, 255, 102) };
  const normalization = { mean: [0.5, 0.5, 0.2], std: [0.5, 0.25, 0.1] } as const;
  const input = (mirrored: boolean): number[] => {
    const target = new Float32Array(6);
    writeInput(pixels, { ...centre(pixels, { height: 1, width: 2 }), mirrored }, { target, offset: 0, size: { height: 1, width: 2 }, normalization });
    return [...target].map((value) => Math.round(value * 1000) / 1000);
  };
  it("is normalised and ordered by channel", () => {
    expect(input(false)).toEqual([1, -1, -2, 2, 0, 2]);
  });
  it("can be mirrored", () => {
    expect(input(true)).toEqual([-1, 1, 2, -2, 2, 0]);
  });
});
