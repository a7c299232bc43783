import { IsIn, Matches, MaxLength } from 'class-validator';
import { MARKETPLACE_ID, SEMVER } from './ids.js';

/** How installing or updating to a release ended. */
export const INSTALL_OUTCOMES = ['installed', 'updated', 'failed', 'rolled_back'] as const;
export type InstallOutcome = (typeof INSTALL_OUTCOMES)[number];

/** Body of `POST /store/marketplace/outcomes`: a code and nothing else, sent when the merchant has consented. */
export class ReportOutcomeRequest {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @MaxLength(128) @Matches(SEMVER) version!: string;
  @IsIn(INSTALL_OUTCOMES) outcome!: InstallOutcome;
}
