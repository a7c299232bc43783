import { pictureTypeOf } from './picture-type.js';

describe('pictureTypeOf', () => {
  it.each([
    ['png', Buffer.from('89504e470d0a1a0a0000', 'hex')],
    ['jpg', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['webp', Buffer.from('RIFF\u0004\u0000\u0000\u0000WEBPVP8 ', 'latin1')],
    ['gif', Buffer.from('GIF89a....')],
  ])('knows %s by its first bytes', (type, bytes) => expect(pictureTypeOf(bytes)).toBe(type));

  it.each([
    ['nothing', ''],
    ['a drawing that can carry scripts', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'],
    ['a page', '<!doctype html><script>1</script>'],
    ['a sound', 'RIFF\u0004\u0000\u0000\u0000WAVEfmt '],
    ['a page that claims to be a picture', 'GIF8<script>'],
  ])('refuses %s', (_, text) => expect(pictureTypeOf(Buffer.from(text, 'latin1'))).toBeUndefined());
});
