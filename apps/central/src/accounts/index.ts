export { Account, Session } from './account.entity.js';
export { AccountError } from './accounts.errors.js';
export { AccountsModule } from './accounts.module.js';
export { AccountsService } from './accounts.service.js';
export { Publisher, PublisherKey, PublisherNamespace } from './publisher.entity.js';
export { PublishersService } from './publishers.service.js';
