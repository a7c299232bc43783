export { AccountClient, type AccountClientOptions, type Credentials } from './account-client.js';
export { HUB_ANSWER_INVALID, HubProblem, readProblem } from './hub-problem.js';
export { HubClient, type DownloadCredentials, type HubClientOptions } from './hub-client.js';
export { HubUnreachable, type UnreachableReason } from './hub-unreachable.js';
export { RotatedSecret } from './rotated-secret.js';
export { HubKeys } from './jwks.js';
export { readAnswer } from './read-answer.js';
export {
  PublisherClient,
  type PublisherClientOptions,
  type ReleaseUpload,
  type SubmittedRelease,
} from './publisher-client.js';
