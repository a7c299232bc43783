import { PageHeader } from '@hansa/web-ui';
import { useWords } from '../i18n/words.js';

export function BrowsePage() {
  const say = useWords();
  return <PageHeader title={say('nav.browse')} />;
}
