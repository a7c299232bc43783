import { Moment, type Column } from '@hansa/web-ui';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { StatusBadge } from '../../parts/status-badge.js';

interface Letter {
  readonly id: string;
  readonly template: string;
  readonly recipient: string;
  readonly status: 'queued' | 'sent' | 'refused';
  readonly queued_at: string;
  readonly error: string | null;
}

/** Letters the hub wrote. What they say is shown to nobody. */
export function MailsPage() {
  const say = useWords();
  const columns: Column<Letter>[] = [
    { key: 'template', title: say('operate.letter'), cell: ({ template }) => template },
    { key: 'to', title: say('operate.recipient'), cell: ({ recipient }) => recipient },
    { key: 'status', title: say('common.state'), cell: ({ status }) => <StatusBadge status={status} /> },
    { key: 'at', title: say('common.created'), cell: ({ queued_at: at }) => <Moment at={at} /> },
    { key: 'error', title: say('operate.lastError'), cell: ({ error }) => error ?? '–' },
  ];
  return (
    <ListPage
      title={say('nav.mails')}
      lead={say('operate.mailsLead')}
      path="/console/mails"
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('operate.mailsEmpty')}
    />
  );
}
