import { useTranslation } from 'react-i18next';
import { ApiProblem, ServerAway } from '../api/problem.js';
import { useUiWords } from '../i18n/ui-words.js';

export interface ProblemWords {
  /** One sentence or two for the reader. */
  readonly words: string;
  readonly code: string | null;
  readonly requestId: string | null;
}

/**
 * What a failure means, in the reader's language: the app's own words for its code (`problem.<CODE>`), this library's, or the
 * message the server sent.
 */
export function useProblemWords(error: unknown): ProblemWords {
  return useSayProblem()(error);
}

/** The same for failures that are known only later, in a handler. */
export function useSayProblem(): (error: unknown) => ProblemWords {
  const say = useUiWords();
  const { t } = useTranslation('app');
  return (error) => {
    if (error instanceof ServerAway) return { words: say('state.offline'), code: null, requestId: null };
    if (!(error instanceof ApiProblem)) return { words: say('problem.UNEXPECTED'), code: null, requestId: null };
    const { code, requestId, details, message } = error;
    const own = t(`problem.${code}`, { defaultValue: '' });
    const words = own === '' ? say.maybe(`problem.${code}`, message) : own;
    const fields = details.map(({ path, message: flaw }) => `${path}: ${flaw}`).join('; ');
    return { words: fields === '' ? words : `${words} ${fields}`, code, requestId };
  };
}
