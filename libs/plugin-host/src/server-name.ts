const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;

/** What the first bytes of a connection say of the server that is meant. */
export type ServerName =
  /** Not TLS, or a hello without a name. */
  | { readonly kind: 'none' }
  | { readonly kind: 'name'; readonly name: string }
  /** The hello goes on after these bytes. */
  | { readonly kind: 'more' }
  /** Starts like TLS and is no readable hello. */
  | { readonly kind: 'unreadable' };

/** Reads the server name (SNI, RFC 6066 §3) a TLS client asks for, from the first bytes it sends. */
export function readServerName(bytes: Buffer): ServerName {
  if (bytes.length === 0) return { kind: 'more' };
  if (bytes[0] !== HANDSHAKE_RECORD) return { kind: 'none' };
  if (bytes.length < 2) return { kind: 'more' };
  if (bytes[1] !== 3) return { kind: 'none' };
  try {
    const hello = joinRecords(bytes);
    return hello ? readHello(new Reader(hello)) : { kind: 'more' };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'unreadable' };
    throw error;
  }
}

/** The first handshake message, which a client may cut into several records to hide a name. Undefined until all is there. */
function joinRecords(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 5 <= bytes.length) {
    if (bytes[at] !== HANDSHAKE_RECORD) throw new RangeError('another record inside the hello');
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) return undefined;
    parts.push(bytes.subarray(at + 5, end));
    const message = Buffer.concat(parts);
    if (message.length >= 4 && message.length >= 4 + message.readUIntBE(1, 3)) return message;
    at = end;
  }
  return undefined;
}

function readHello(message: Reader): ServerName {
  if (message.uint(1) !== CLIENT_HELLO) throw new RangeError('no hello');
  const hello = new Reader(message.vector(3));
  hello.skip(2 + 32); // version, random
  hello.vector(1); // session
  hello.vector(2); // ciphers
  hello.vector(1); // compression
  if (hello.done) return { kind: 'none' };
  const extensions = new Reader(hello.vector(2));
  let name: string | undefined;
  while (!extensions.done) {
    const type = extensions.uint(2);
    const body = extensions.vector(2);
    if (type !== SERVER_NAME) continue;
    // A server may take the first of two names or the last.
    if (name !== undefined) throw new RangeError('two server names');
    name = readHostName(new Reader(body));
  }
  return name === undefined ? { kind: 'none' } : { kind: 'name', name };
}

function readHostName(body: Reader): string {
  const list = new Reader(body.vector(2));
  if (list.uint(1) !== HOST_NAME) throw new RangeError('a name of another kind');
  const name = list.vector(2).toString('latin1');
  if (!list.done) throw new RangeError('two server names');
  return name;
}

/** Reads numbers and length-prefixed bytes in order; past the end it throws a RangeError. */
class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  uint(size: number): number {
    this.skip(size);
    return this.bytes.readUIntBE(this.at - size, size);
  }

  vector(lengthSize: number): Buffer {
    const length = this.uint(lengthSize);
    this.skip(length);
    return this.bytes.subarray(this.at - length, this.at);
  }

  skip(length: number): void {
    this.at += length;
    if (this.at > this.bytes.length) throw new RangeError('cut short');
  }
}
