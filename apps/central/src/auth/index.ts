export { AuthError } from './auth.errors.js';
export { AuthModule } from './auth.module.js';
export {
  callerOf,
  InstanceId,
  Management,
  Market,
  Merchant,
  OperatorActor,
  PublisherActor,
  PublisherId,
  type Audience,
  type Caller,
  type MarketCaller,
  type MerchantCaller,
} from './caller.js';
export { Requires } from './requires.js';
export { ShopGate, type Admission } from './shop-gate.js';
