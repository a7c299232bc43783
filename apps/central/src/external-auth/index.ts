export { ExternalAuthModule } from './external-auth.module.js';
export { ExternalIssuers } from './external-issuers.service.js';
export { Issuer, IssuerKey } from './issuer.entity.js';
