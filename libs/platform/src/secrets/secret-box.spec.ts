import { SecretBox, SecretBoxError } from './secret-box.js';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);

describe(SecretBox.name, () => {
  it('opens what it sealed', () => {
    const box = new SecretBox([NEW]);
    expect(box.open(box.seal('secret', 'row 1'), 'row 1').toString()).toBe('secret');
  });

  it('seals the same text differently each time', () => {
    const box = new SecretBox([NEW]);
    expect(box.seal('secret', 'row 1')).not.toEqual(box.seal('secret', 'row 1'));
  });

  it('opens what an older key sealed, and seals with the newest', () => {
    const sealed = new SecretBox([OLD]).seal('secret', 'row 1');
    const both = new SecretBox([NEW, OLD]);
    expect(both.open(sealed, 'row 1').toString()).toBe('secret');
    expect(() => new SecretBox([OLD]).open(both.seal('secret', 'row 1'), 'row 1')).toThrow(SecretBoxError);
  });

  it('refuses a value that was moved to another row', () => {
    const box = new SecretBox([NEW]);
    expect(() => box.open(box.seal('secret', 'row 1'), 'row 2')).toThrow(SecretBoxError);
  });

  it('refuses a value with any byte changed', () => {
    const box = new SecretBox([NEW]);
    const sealed = box.seal('secret', 'row 1');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => box.open(changed, 'row 1')).toThrow(SecretBoxError);
    }
  });

  it.each([[[]], [[Buffer.alloc(31)]]])('refuses keys that are missing or short', (keys) => {
    expect(() => new SecretBox(keys)).toThrow(SecretBoxError);
  });
});
