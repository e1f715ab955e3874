import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { IAMClient, ListUsersCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, DeletePublicAccessBlockCommand, PutBucketCorsCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sign, signInQuery, type RawRequest } from "../fuzz/support/sign.ts";
import { startCloud, type TestCloud } from "../support/cloud.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM) && process.env["CI"] !== "true";
if (missing) process.stderr.write(`skipped: a web page cannot drive the cloud (no Chromium at ${CHROMIUM})\n`);

const FORM = "application/x-www-form-urlencoded";
const createUser = (name: string): string => new URLSearchParams({ Action: "CreateUser", Version: "2010-05-08", UserName: name }).toString();

describe.skipIf(missing)("a web page, though it knows test/test,", { timeout: 60_000 }, () => {
  let cloud: TestCloud;
  let foreign: Server;
  let foreignOrigin = "";
  let browser: Browser;

  beforeAll(async () => {
    cloud = await startCloud();
    foreign = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>a foreign page</title>"));
    await once(foreign.listen(0, "127.0.0.1"), "listening");
    foreignOrigin = `http://localhost:${(foreign.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    foreign?.close();
    await cloud?.stop();
  });

  const users = async (): Promise<readonly (string | undefined)[]> => {
    const iam = new IAMClient(cloud.client);
    const { Users = [] } = await iam.send(new ListUsersCommand({}));
    iam.destroy();
    return Users.map(({ UserName }) => UserName);
  };

  /** A bucket whose objects anybody may read. */
  async function publicBucket(s3: S3Client, bucket: string): Promise<void> {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` }] });
    await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  }

  async function open(address: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(address);
    return page;
  }

  /** The status a page's request gets; -1 when the browser keeps the answer from the page. */
  const ask = (page: Page, url: string, options: { method?: string; headers?: Record<string, string>; body?: string; mode?: "cors" | "no-cors" } = {}): Promise<number> =>
    page.evaluate(([target, init]) => fetch(target, init).then((response) => response.status, () => -1), [url, options] as const);

  const formOf = (name: string, { host, path }: { readonly host: string; readonly path: string }): RawRequest =>
    ({ method: "POST", path, query: "", headers: { host, "content-type": FORM }, body: Buffer.from(createUser(name)) });
  const signer = () => ({ ...cloud.client.credentials, service: "iam", now: cloud.clock.now() });

  /** Signed as root by headers, as a script on a page could. */
  const signedForm = (name: string, place: { readonly host?: string; readonly path?: string } = {}): { readonly method: string; readonly headers: Record<string, string>; readonly body: string } => {
    const { host: _, ...headers } = sign(formOf(name, { host: new URL(cloud.endpoint).host, path: "/", ...place }), signer()).headers;
    return { method: "POST", headers, body: createUser(name) };
  };
  /** Signed as root in the address: a request that no browser asks about first. */
  const signedAddress = (name: string, path = "/"): { readonly url: string; readonly simple: { method: string; headers: Record<string, string>; body: string; mode: "no-cors" } } => ({
    url: `${cloud.endpoint}${path}?${signInQuery(formOf(name, { host: new URL(cloud.endpoint).host, path }), signer()).query}`,
    simple: { method: "POST", headers: { "content-type": FORM }, body: createUser(name), mode: "no-cors" },
  });

  test("the programs' way works, so that what follows is refused for being a page's", async () => {
    expect((await fetch(cloud.endpoint, signedForm("by-header"))).status).toBe(200);
    const { url, simple } = signedAddress("by-address", "/shared");
    expect((await fetch(url, simple)).status).toBe(200);
    expect(await users()).toEqual(["by-address", "by-header"]);
  });

  test("cannot post to it: neither simply, nor with leave", async () => {
    const page = await open(foreignOrigin);
    const seen: number[] = [];
    page.on("response", (response) => seen.push(response.status()));
    const { url, simple } = signedAddress("made-by-a-page");
    await ask(page, url, simple);
    await ask(page, cloud.endpoint, signedForm("made-by-a-page"));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((status) => status === 403)).toBe(true);
    expect(await users()).not.toContain("made-by-a-page");
    await page.close();
  });

  test("cannot submit a form to it", async () => {
    const page = await open(foreignOrigin);
    const answered = page.waitForResponse((response) => response.url().startsWith(cloud.endpoint));
    const inputs = [...new URLSearchParams(createUser("made-by-a-form"))].map(([name, value]) => `<input name="${name}" value="${value}">`).join("");
    await page.setContent(`<form action="${cloud.endpoint}" method="post" enctype="${FORM}">${inputs}</form>`);
    // As text: what runs in the page has the page's types, not Node's.
    await page.evaluate("document.forms[0].submit()");
    const response = await answered;
    expect(response.status()).toBe(403);
    expect(await response.text()).toMatch(/A web page of http:\/\/localhost:\d+ may not call this server/);
    await page.close();
  });

  test("cannot make it act by a frame or a link", async () => {
    const page = await open(foreignOrigin);
    const frame = page.waitForResponse((response) => response.url().endsWith("/framed"));
    await page.evaluate(`document.body.append(Object.assign(document.createElement("iframe"), { src: "${cloud.endpoint}/framed" }))`);
    expect((await frame).status()).toBe(403);
    const link = page.waitForResponse((response) => response.url().endsWith("/linked"));
    await page.evaluate(`location.href = "${cloud.endpoint}/linked"`);
    expect((await link).status()).toBe(403);
    await page.close();
  });

  test("cannot reach it under a name of its own that it has bound to this machine", async () => {
    const { port } = new URL(cloud.endpoint);
    const page = await browser.newPage();
    const response = await page.goto(`http://evil.example:${port}/`);
    expect(response?.status()).toBe(403);
    expect(await response?.text()).toMatch(/The Host header .*evil\.example:\d+.* is not a name of this server/);
    expect(await ask(page, `http://evil.example:${port}/`, signedForm("made-by-rebinding", { host: `evil.example:${port}` }))).toBe(403);
    expect(await users()).not.toContain("made-by-rebinding");
    await page.close();
  });

  test("cannot act as somebody else from a bucket: who may put an object is not root", async () => {
    const s3 = new S3Client(cloud.client);
    await publicBucket(s3, "pages");
    await s3.send(new PutObjectCommand({ Bucket: "pages", Key: "page.html", Body: "<!doctype html><title>an object</title>", ContentType: "text/html" }));
    s3.destroy();
    const page = await open(`${cloud.endpoint}/pages/page.html`);
    const form = signedForm("made-by-an-object");
    expect(await ask(page, cloud.endpoint, form)).toBe(403);
    expect(await ask(page, `${cloud.endpoint}/pages/page.html`)).toBe(200);
    expect(await ask(page, `${cloud.endpoint}/pages/page.html`, { headers: form.headers })).toBe(403);
    expect(await users()).not.toContain("made-by-an-object");
    await page.close();
  });

  test("gets what a bucket's CORS rules give it, and no other service at the bucket's address", async () => {
    const s3 = new S3Client(cloud.client);
    await publicBucket(s3, "shared");
    await s3.send(new PutObjectCommand({ Bucket: "shared", Key: "dog.txt", Body: "woof" }));
    await s3.send(new PutBucketCorsCommand({ Bucket: "shared", CORSConfiguration: { CORSRules: [{ AllowedOrigins: [foreignOrigin], AllowedMethods: ["GET", "POST"], AllowedHeaders: ["*"] }] } }));
    s3.destroy();
    const page = await open(foreignOrigin);
    expect(await ask(page, `${cloud.endpoint}/shared/dog.txt`)).toBe(200);
    const seen: number[] = [];
    page.on("response", (response) => seen.push(response.status()));
    const { url, simple } = signedAddress("made-through-a-bucket", "/shared");
    await ask(page, url, simple);
    await ask(page, `${cloud.endpoint}/shared`, signedForm("made-through-a-bucket", { path: "/shared" }));
    expect(seen).toContain(403);
    expect(await users()).not.toContain("made-through-a-bucket");
    await page.close();
  });

  test("has made nothing in the end", async () => expect(await users()).toEqual(["by-address", "by-header"]));
});
