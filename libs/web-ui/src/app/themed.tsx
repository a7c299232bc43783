import { MantineProvider, Modal, Notification } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useUiWords } from '../i18n/ui-words.js';
import { contrastVariables, theme } from './theme.js';

export interface ThemedProps {
  /** Styles made in the browser are allowed by the nonce of this very answer (Content-Security-Policy). */
  readonly styleNonce: () => string;
  readonly children: ReactNode;
}

/** The look of all screens; what only shows a cross says what it does, in the language of the reader. */
export function Themed({ styleNonce, children }: ThemedProps) {
  const say = useUiWords();
  const close = say('action.close');
  const spoken = useMemo(() => {
    const defaultProps = { closeButtonProps: { 'aria-label': close } };
    const components = {
      ...theme.components,
      Modal: Modal.extend({ defaultProps }),
      // What went wrong is no footnote of its title.
      Notification: Notification.extend({
        defaultProps,
        styles: { description: { color: 'var(--mantine-color-text)' } },
      }),
    };
    return { ...theme, components };
  }, [close]);
  return (
    <MantineProvider
      theme={spoken}
      cssVariablesResolver={contrastVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      {children}
    </MantineProvider>
  );
}
