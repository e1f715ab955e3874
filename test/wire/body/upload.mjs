// A client in a process of its own: uploads so many MiB in aws-chunked form to a port and prints the answer.
import { once } from "node:events";
import { request } from "node:http";
import { crc32 } from "node:zlib";

const [port, mebibytes] = process.argv.slice(2).map(Number);
const piece = Buffer.alloc(1024 * 1024, 5);
const put = request({
  port, host: "127.0.0.1", method: "PUT",
  headers: { "x-amz-trailer": "x-amz-checksum-crc32", "x-amz-decoded-content-length": String(mebibytes * piece.length) },
});
const answered = once(put, "response");
let crc = 0;
for (let sent = 0; sent < mebibytes; sent++) {
  put.write("100000\r\n");
  put.write(piece);
  crc = crc32(piece, crc);
  if (!put.write("\r\n")) await once(put, "drain");
}
const value = Buffer.alloc(4);
value.writeUInt32BE(crc);
put.end(`0\r\nx-amz-checksum-crc32:${value.toString("base64")}\r\n\r\n`);
const [response] = await answered;
let text = "";
for await (const bytes of response) text += bytes;
process.stdout.write(`${response.statusCode} ${text === value.toString("base64") ? "right" : text}`);
