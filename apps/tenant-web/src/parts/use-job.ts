import { useGet } from '@hansa/web-ui';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { PATHS, type Job } from '../model.js';

/** What a server-sent event of a job changes about what is known of it. */
export function told(job: Job, type: string, data: Partial<Job> & Job['steps'][number]): Job {
  if (type === 'progress') return { ...job, bytes_done: data.bytes_done ?? 0, bytes_total: data.bytes_total ?? null };
  if (type === 'outcome') return { ...job, ...data };
  const { step, at } = data;
  if (job.steps.some((known) => known.step === step)) return job;
  return { ...job, step, steps: [...job.steps, { step, at }] };
}

/** A job as it happens: told by the server's events, and asked for once a second where those do not come through. */
export function useJob(id: string) {
  const path = `${PATHS.jobs}/${id}`;
  const queryClient = useQueryClient();
  const [isStreaming, setStreaming] = useState(true);
  const [isOver, setOver] = useState(false);
  const query = useGet<Job>(path, undefined, { refetchInterval: isStreaming || isOver ? false : 1_000 });
  const known = query.data !== undefined;
  const outcome = query.data?.outcome ?? null;
  useEffect(() => {
    if (!known || outcome !== null) return;
    const events = new EventSource(`${path}/events`);
    const hear = (event: MessageEvent<string>) => {
      const data = JSON.parse(event.data) as Partial<Job> & Job['steps'][number];
      queryClient.setQueryData<Job>([path, {}], (job) => job && told(job, event.type, data));
    };
    for (const type of ['step', 'progress', 'outcome']) events.addEventListener(type, hear);
    events.onerror = () => setStreaming(false);
    events.onopen = () => setStreaming(true);
    return () => events.close();
  }, [path, known, outcome, queryClient]);
  useEffect(() => {
    if (outcome === null) return;
    setOver(true);
    // The job is known to its end; what it changed is not.
    const isOld = (key: unknown) => typeof key === 'string' && key.startsWith(PATHS.plugins) && key !== path;
    void queryClient.invalidateQueries({ predicate: ({ queryKey: [key] }) => isOld(key) });
  }, [outcome, path, queryClient]);
  return query;
}
