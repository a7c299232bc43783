import { DIGITS, parseLicenseKey, readDigits } from './license-key.js';
import { TrustError } from './trust-error.js';

const ULID_DIGITS = 26;
const KEY_DIGITS = 12;

/** Writes the members of a statement one after the other, each as short as it can be. */
export class FieldWriter {
  private readonly parts: Buffer[] = [];

  /** An unsigned whole number in `size` bytes, six at most. */
  number(value: number, size: number): this {
    const bytes = Buffer.alloc(size);
    bytes.writeUIntBE(value, 0, size);
    return this.bytes(bytes);
  }

  /** The ULID of an id such as `inst_…`: 17 bytes. */
  ulid(id: string): this {
    return this.digits(id.slice(id.indexOf('_') + 1), ULID_DIGITS);
  }

  /** A license key: 8 bytes. */
  licenseKey(key: string): this {
    return this.digits(key.replace(/^CC|-/g, ''), KEY_DIGITS);
  }

  /** Bytes whose number the reader knows. */
  bytes(value: Uint8Array): this {
    this.parts.push(Buffer.from(value));
    return this;
  }

  end(): Buffer {
    return Buffer.concat(this.parts);
  }

  private digits(text: string, count: number): this {
    const digits = readDigits(text);
    if (digits?.length !== count) throw new Error('not an id or key that can be packed');
    const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
    const bytes = bits.padEnd(Math.ceil((count * 5) / 8) * 8, '0').match(/.{8}/g)!;
    return this.bytes(Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))));
  }
}

/** Reads what a `FieldWriter` wrote. @throws {TrustError} TEXT_MALFORMED */
export class FieldReader {
  private at = 0;

  constructor(private readonly packed: Buffer) {}

  number(size: number): number {
    return this.bytes(size).readUIntBE(0, size);
  }

  ulid(prefix: string): string {
    return `${prefix}_${this.digits(ULID_DIGITS)}`;
  }

  licenseKey(): string {
    const key = parseLicenseKey(`CC${this.digits(KEY_DIGITS)}`);
    if (key === null) throw malformed();
    return key;
  }

  bytes(size: number): Buffer {
    const bytes = this.packed.subarray(this.at, this.at + size);
    if (bytes.length < size) throw malformed();
    this.at += size;
    return bytes;
  }

  /** That nothing follows. */
  end(): void {
    if (this.at !== this.packed.length) throw malformed();
  }

  private digits(count: number): string {
    const bits = Array.from(this.bytes(Math.ceil((count * 5) / 8)), (byte) => byte.toString(2).padStart(8, '0')).join(
      '',
    );
    if (bits.slice(count * 5).includes('1')) throw malformed();
    return bits.slice(0, count * 5).replace(/.{5}/g, (five) => DIGITS[Number.parseInt(five, 2)]!);
  }
}

function malformed(): TrustError {
  return new TrustError('TEXT_MALFORMED', 'The text does not hold what it should.');
}
