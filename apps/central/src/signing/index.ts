export { publicKeySet, type PublicKeySet } from './jwks.controller.js';
export { KeyRing, type RingKey } from './key-ring.js';
export { KEY_PURPOSES, SigningKey, type KeyPurpose } from './signing-key.entity.js';
export { SigningModule } from './signing.module.js';
