import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useUiWords } from '../i18n/ui-words.js';
import { useSayProblem } from './problem-words.js';

/** Long enough to read what went wrong and to note its code. */
const REFUSAL_MS = 12_000;

export interface ChangeOptions<Given, Answer> {
  /** Paths whose answers the change makes old; queries that start with one are asked again. */
  readonly renews?: readonly string[];
  readonly onDone?: (answer: Answer, given: Given) => unknown;
  /** A failure the caller shows itself; true keeps it from being shown twice. */
  readonly onRefused?: (error: unknown, given: Given) => boolean;
}

/** A change at the server: what it makes old is fetched again, and a refusal is shown in the words of its code. */
export function useChange<Given = void, Answer = unknown>(
  change: (given: Given) => Promise<Answer>,
  { renews = [], onDone, onRefused }: ChangeOptions<Given, Answer> = {},
): UseMutationResult<Answer, Error, Given> {
  const queryClient = useQueryClient();
  const say = useUiWords();
  const sayProblem = useSayProblem();
  return useMutation({
    mutationFn: change,
    onSuccess: async (answer, given) => {
      await onDone?.(answer, given);
      await Promise.all(
        renews.map((path) =>
          queryClient.invalidateQueries({
            predicate: ({ queryKey: [key] }) => typeof key === 'string' && key.startsWith(path),
          }),
        ),
      );
    },
    onError: (error, given) => {
      if (onRefused?.(error, given)) return;
      const { words, code } = sayProblem(error);
      const message = code === null ? words : `${words} (${code})`;
      notifications.show({ color: 'red', title: say('state.errorTitle'), message, autoClose: REFUSAL_MS });
    },
  });
}
