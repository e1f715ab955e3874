import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { fetchPicture } from "../../examples/dog-breeds/fetch-picture.ts";

const STRICT = { maxBytes: 1000, allowPrivate: false };
const LOCAL = { maxBytes: 1000, allowPrivate: true };

async function serving(handler: RequestListener): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dog.jpg`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each([
  "http://127.0.0.1/x", "http://localhost/x", "http://[::1]/x", "http://10.0.0.1/x", "http://169.254.169.254/latest/meta-data", "http://192.168.1.1/", "http://172.20.0.1/",
  "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://[fd00::1]/", "http://2130706433/", "http://0x7f.1/", "http://0.0.0.0/",
])("%s is not fetched for a stranger", async (url) => {
  await expect(fetchPicture(url, STRICT)).rejects.toThrow("is not on the public internet");
});

test.each(["file:///etc/passwd", "ftp://example.com/dog.jpg", "javascript:alert(1)", "no address"])("%s is no address of a picture", async (url) => {
  await expect(fetchPicture(url, STRICT)).rejects.toThrow("must begin with http:// or https://");
});

test("names and passwords in an address are refused", async () => {
  await expect(fetchPicture("http://me:secret@example.com/", STRICT)).rejects.toThrow("must not carry a user name");
});

test("a picture is fetched where private addresses are allowed", async () => {
  await using server = await serving((_request, response) => response.end("picture"));
  expect(Buffer.from(await fetchPicture(server.url, LOCAL)).toString()).toBe("picture");
});

test("a picture that is too large is cut off", async () => {
  await using server = await serving((_request, response) => response.end(Buffer.alloc(5000)));
  await expect(fetchPicture(server.url, LOCAL)).rejects.toThrow("more than 1000 bytes");
});

test("redirects end, and lead to no other scheme", async () => {
  await using circle = await serving((_request, response) => response.writeHead(302, { location: "/again" }).end());
  await expect(fetchPicture(circle.url, LOCAL)).rejects.toThrow("redirects more than 3 times");
  await using away = await serving((_request, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end());
  await expect(fetchPicture(away.url, LOCAL)).rejects.toThrow("must begin with http:// or https://");
  await using nowhere = await serving((_request, response) => response.writeHead(302, { location: "http://[nowhere" }).end());
  await expect(fetchPicture(nowhere.url, LOCAL)).rejects.toThrow("must begin with http:// or https://");
});

test("an error of the other side is told as such", async () => {
  await using server = await serving((_request, response) => response.writeHead(404).end());
  await expect(fetchPicture(server.url, LOCAL)).rejects.toThrow("answered with status 404");
});
