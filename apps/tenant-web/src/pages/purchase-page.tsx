import { PageHeader, useGet, type Page } from '@hansa/web-ui';
import { Button, Card, Group, Loader, Stack, Text } from '@mantine/core';
import { useTimeout } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { getRouteApi, Navigate, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type Job } from '../model.js';
import { JobProgress } from '../parts/job-progress.js';
import { forgetPurchase, pendingPurchase, type Purchase } from '../parts/purchase.js';

const route = getRouteApi('/marketplace/purchase');
/** A payment is confirmed long before, unless its bank takes days. */
const LONG_MS = 20_000;

/** Where a browser waits after the payment, until what was bought is installed; then the page becomes the plugin's. */
export function PurchasePage() {
  const { order_status: status } = route.useSearch();
  const [purchase] = useState(() => pendingPurchase());
  if (purchase === null) return <Navigate to="/marketplace" replace />;
  return status === 'cancelled' ? <NotBought purchase={purchase} /> : <Waiting purchase={purchase} />;
}

/** Came back without having paid: to the product, where it can still be bought. */
function NotBought({ purchase: { marketplaceId, name } }: { purchase: Purchase }) {
  const say = useWords();
  const navigate = useNavigate();
  useEffect(() => {
    forgetPurchase();
    notifications.show({ id: 'purchase', message: say('buy.cancelled', { name }) });
    void navigate({ ...toProduct(marketplaceId), replace: true });
  }, [marketplaceId, name, navigate, say]);
  return null;
}

function Waiting({ purchase }: { purchase: Purchase }) {
  const say = useWords();
  const navigate = useNavigate();
  const [isLong, setLong] = useState(false);
  useTimeout(() => setLong(true), LONG_MS, { autoInvoke: true });
  const { marketplaceId, name, startedAt, isPaid = true } = purchase;
  const query = { marketplace_id: marketplaceId, limit: 1 };
  const { data: jobs } = useGet<Page<Job>>(PATHS.jobs, query, { refetchInterval: 1_000 });
  // The installation a purchase sets off; an older one is not meant.
  const job = jobs?.items.find(({ created_at: at }) => at > startedAt);
  const backToProduct = () => {
    forgetPurchase();
    void navigate(toProduct(marketplaceId));
  };
  return (
    <>
      <PageHeader
        title={say(isPaid ? 'buy.waitTitle' : 'buy.reclaimTitle', { name })}
        lead={say(isPaid ? 'buy.waitLead' : 'buy.reclaimLead')}
      />
      <Card withBorder maw={640}>
        {job ? (
          <JobProgress id={job.id} actions={(ended) => <Arrived job={ended} name={name} onRetry={backToProduct} />} />
        ) : (
          <Stack>
            <Group wrap="nowrap" role="status">
              <Loader size="sm" />
              <Text>{say(isPaid ? (isLong ? 'buy.waitLong' : 'buy.wait') : 'buy.reclaimWait')}</Text>
            </Group>
            <Group>
              <Button variant="default" onClick={backToProduct}>
                {say(isPaid ? 'buy.giveUp' : 'product.backTo')}
              </Button>
            </Group>
          </Stack>
        )}
      </Card>
    </>
  );
}

/** Installed: on to the plugin by itself. Not installed: the license is there, and the product page tries again. */
function Arrived({ job: { outcome, plugin_id: id }, name, onRetry }: { job: Job; name: string; onRetry: () => void }) {
  const say = useWords();
  const navigate = useNavigate();
  const arrived = outcome === 'done' ? id : null;
  useEffect(() => {
    if (arrived === null) return;
    forgetPurchase();
    notifications.show({ id: 'purchase', color: 'green', message: say('buy.done', { name }) });
    void navigate({ to: '/marketplace/installed/$id', params: { id: arrived }, replace: true });
  }, [arrived, name, navigate, say]);
  if (arrived !== null) return null;
  return (
    <Button variant="default" onClick={onRetry}>
      {say('job.again')}
    </Button>
  );
}

function toProduct(marketplaceId: string) {
  const [vendor = '', name = ''] = marketplaceId.split('/');
  return { to: '/marketplace/p/$vendor/$name', params: { vendor, name } } as const;
}
