import { PageHeader } from '@hansa/web-ui';
import { Card } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useWords } from '../i18n/words.js';
import { JobProgress } from '../parts/job-progress.js';
import { useJob } from '../parts/use-job.js';
import { LinkButton } from '../parts/links.js';

const route = getRouteApi('/marketplace/jobs/$id');

export function JobPage() {
  const say = useWords();
  const { id } = route.useParams();
  const name = useJob(id).data?.marketplace_id ?? '';
  return (
    <>
      <PageHeader title={say('job.title', { name })} />
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
