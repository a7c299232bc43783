import { PageHeader } from '@hansa/web-ui';
import { Anchor, Card } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { LetterForm } from '../../parts/letter-form.js';

/** Asks for a letter with a link that sets another password. */
export function ForgotPasswordPage() {
  const say = useWords();
  return (
    <>
      <PageHeader title={say('forgotten.title')} lead={say('forgotten.lead')} />
      <Card withBorder padding="lg" maw={440}>
        <LetterForm
          path="/account/password-resets"
          autoComplete="username"
          sent={(email) => say('forgotten.sent', { email })}
          below={
            <Anchor component={Link} to="/publish" size="sm" ta="center">
              {say('forgotten.back')}
            </Anchor>
          }
        />
      </Card>
    </>
  );
}
