// Buffers lie outside V8's heap, so only the machine's own limit can stop this.
const hoard = [];
for (;;) hoard.push(Buffer.alloc(1024 * 1024, 1));
