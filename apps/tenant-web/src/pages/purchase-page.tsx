import { PageHeader, useGet, type Page } from '@hansa/web-ui';
import { Button, Card, Group, Loader, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type Job } from '../model.js';
import { BuyModal } from '../parts/buy-modal.js';
import { JobProgress } from '../parts/job-progress.js';
import { forgetPurchase, pendingPurchase, type Purchase } from '../parts/purchase.js';

/** Where a browser waits after the payment, until what was bought is installed; then the page becomes the plugin's. */
export function PurchasePage() {
  const [purchase] = useState(() => pendingPurchase());
  return purchase === null ? <Navigate to="/marketplace" replace /> : <Waiting purchase={purchase} />;
}

function Waiting({ purchase }: { purchase: Purchase }) {
  const say = useWords();
  const navigate = useNavigate();
  const [isBuying, { open, close }] = useDisclosure();
  const { marketplaceId, name, version, startedAt } = purchase;
  const query = { marketplace_id: marketplaceId, limit: 1 };
  const { data: jobs } = useGet<Page<Job>>(PATHS.jobs, query, { refetchInterval: 1_000 });
  // The installation a purchase sets off; an older one is not meant.
  const job = jobs?.items.find(({ created_at: at }) => at > startedAt);
  const giveUp = () => {
    forgetPurchase();
    void navigate({ to: '/marketplace' });
  };
  return (
    <>
      <PageHeader title={say('buy.waitTitle', { name })} lead={say('buy.waitLead')} />
      <Card withBorder maw={640}>
        {job ? (
          <JobProgress id={job.id} actions={(ended) => <Arrived job={ended} onRetry={giveUp} />} />
        ) : (
          <Stack>
            <Group wrap="nowrap" role="status">
              <Loader size="sm" />
              <Text>{say('buy.wait')}</Text>
            </Group>
            <Group>
              <Button variant="default" onClick={open}>
                {say('buy.retry')}
              </Button>
              <Button variant="subtle" onClick={giveUp}>
                {say('buy.giveUp')}
              </Button>
            </Group>
          </Stack>
        )}
      </Card>
      <BuyModal product={{ marketplace_id: marketplaceId, name, version }} isOpen={isBuying} onClose={close} />
    </>
  );
}

/** Installed: on to the plugin by itself. Not installed: the license is there, and the product page tries again. */
function Arrived({ job, onRetry }: { job: Job; onRetry: () => void }) {
  const say = useWords();
  if (job.outcome === 'done' && job.plugin_id !== null) {
    forgetPurchase();
    return <Navigate to="/marketplace/installed/$id" params={{ id: job.plugin_id }} replace />;
  }
  return (
    <Button variant="default" onClick={onRetry}>
      {say('job.again')}
    </Button>
  );
}
