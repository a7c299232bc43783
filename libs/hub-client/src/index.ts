export { HUB_ANSWER_INVALID, HUB_UNREACHABLE, HubProblem, readProblem } from './hub-problem.js';
