import { PageHeader } from '@hansa/web-ui';
import { Card } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useWords } from '../i18n/words.js';
import { BackLink } from '../parts/back-link.js';
import { JobProgress } from '../parts/job-progress.js';
import { LinkButton } from '../parts/links.js';
import { useJob } from '../parts/use-job.js';
import { useInstalled } from '../parts/use-shop.js';

const route = getRouteApi('/marketplace/jobs/$id');

export function JobPage() {
  const say = useWords();
  const { id } = route.useParams();
  const { data: job } = useJob(id);
  const plugins = useInstalled().data?.items;
  const known = plugins?.find(({ marketplace_id: about }) => about === job?.marketplace_id)?.name;
  const name = known ?? job?.marketplace_id ?? '';
  return (
    <>
      <BackLink to="/marketplace/activity">{say('activity.title')}</BackLink>
      <PageHeader title={say(`job.title_${job?.kind ?? 'install'}`, { name, version: job?.version ?? '' })} />
      <Card withBorder maw={640}>
        <JobProgress
          key={id}
          id={id}
          actions={({ plugin_id: pluginId, outcome }) =>
            pluginId !== null &&
            outcome !== 'failed' && (
              <LinkButton to="/marketplace/installed/$id" params={{ id: pluginId }}>
                {say('job.toPlugin')}
              </LinkButton>
            )
          }
        />
      </Card>
    </>
  );
}
