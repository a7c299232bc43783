export { OutcomeConsent } from './outcome-consent.entity.js';
export { OutcomesModule } from './outcomes.module.js';
export { reportOutcome } from './report-outcome.js';
